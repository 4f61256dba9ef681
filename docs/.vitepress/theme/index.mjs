import DefaultTheme from 'vitepress/theme-without-fonts'
import '#house.css'
import './style.css'
import Layout from './layout.vue'

export default { extends: DefaultTheme, Layout }
