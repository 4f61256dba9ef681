// What Expo's modules take of `expo` and `expo-modules-core`: all of it would be thirty megabytes.

/** The native half of a module. */
export const requireNativeModule = (name) => globalThis.expo.modules[name]

export class NativeModule {}

export class UnavailabilityError extends Error {}
