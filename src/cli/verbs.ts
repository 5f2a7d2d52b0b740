import { backtest } from "./backtest.ts";
import { calendar } from "./calendar.ts";
import { check } from "./check.ts";
import { completion } from "./completion.ts";
import { lint } from "./lint.ts";
import { importIcs } from "./import-ics.ts";
import { genArgocd } from "./gen-argocd.ts";
import { pause } from "./pause.ts";
import { plan } from "./plan.ts";
import { prewarm } from "./prewarm.ts";
import { refresh } from "./refresh.ts";
import { report } from "./report.ts";
import { resume } from "./resume.ts";
import { stateExport } from "./state-export.ts";
import { stateImport } from "./state-import.ts";
import { status } from "./status.ts";
import type { Verb } from "./verb.ts";
import { version } from "./version.ts";

/** Every verb, in the order in which help lists them. Of a group (`gen argocd`) each verb stands here by itself. */
export const verbs: readonly Verb[] = [
  status,
  check,
  lint,
  plan,
  backtest,
  calendar,
  pause,
  resume,
  prewarm,
  refresh,
  stateExport,
  stateImport,
  genArgocd,
  importIcs,
  report,
  completion,
  version,
];
