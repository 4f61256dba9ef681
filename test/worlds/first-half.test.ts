import { describeFamilies } from './families.js'

describeFamilies(0)
