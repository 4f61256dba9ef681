import { describeFamilies } from './families.js'

describeFamilies('plain')
