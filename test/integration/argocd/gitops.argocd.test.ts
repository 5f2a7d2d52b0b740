import { afterAll, beforeAll } from "vitest";
import { actions } from "./chapters/actions.ts";
import { end } from "./chapters/end.ts";
import { health } from "./chapters/health.ts";
import { ownership } from "./chapters/ownership.ts";
import { start } from "./chapters/start.ts";
import { syncWindows } from "./chapters/sync-windows.ts";
import { Ground } from "./ground.ts";

/** One story on one Argo CD, told in order: what a chapter leaves behind, the next ones find. */

let ground: Ground;
const here = (): Ground => ground;

beforeAll(async () => {
  ground = await Ground.open();
  console.log(`Argo CD ${ground.argocd.version}`);
}, 600_000);

afterAll(() => ground?.close(), 120_000);

start(here);
health(here);
actions(here);
ownership(here);
syncWindows(here);
end(here);
