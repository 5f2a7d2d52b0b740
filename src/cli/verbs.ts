import type { Verb } from "./verb.ts";
import { version } from "./version.ts";

/** Every verb, in the order in which help lists them. */
export const verbs: readonly Verb[] = [version];
