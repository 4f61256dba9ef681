import { describeFamilies } from './families.js'

describeFamilies('crowded')
