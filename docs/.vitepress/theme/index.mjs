import DefaultTheme from 'vitepress/theme-without-fonts'
import '#house.css'
import './style.css'
import OneRefresh from './one-refresh.vue'

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('OneRefresh', OneRefresh)
  },
}
