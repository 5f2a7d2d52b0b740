/** The version of this build: that of package.json, which a test holds it to, as a bundle has no package.json beside it. */
export const VERSION = "0.1.0";
