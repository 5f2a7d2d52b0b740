import { genArgocd } from "./gen-argocd.ts";
import { pause } from "./pause.ts";
import { prewarm } from "./prewarm.ts";
import { refresh } from "./refresh.ts";
import { resume } from "./resume.ts";
import type { Verb } from "./verb.ts";
import { version } from "./version.ts";

/** Every verb, in the order in which help lists them. */
export const verbs: readonly Verb[] = [pause, resume, prewarm, refresh, genArgocd, version];
