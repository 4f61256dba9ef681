import { describeFamilies } from './families.js'

describeFamilies('sync')
