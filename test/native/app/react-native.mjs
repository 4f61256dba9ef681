// What other packages take of React Native, out of its own files: all of it would be an app.
export { default as Platform } from 'react-native/Libraries/Utilities/Platform'

import * as TurboModuleRegistry from 'react-native/Libraries/TurboModule/TurboModuleRegistry'

export { TurboModuleRegistry }
