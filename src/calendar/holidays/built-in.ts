import BR from "./data/BR.json" with { type: "json" };
import CN from "./data/CN.json" with { type: "json" };
import DE from "./data/DE.json" with { type: "json" };
import ES from "./data/ES.json" with { type: "json" };
import GB from "./data/GB.json" with { type: "json" };
import IT from "./data/IT.json" with { type: "json" };
import JP from "./data/JP.json" with { type: "json" };
import KR from "./data/KR.json" with { type: "json" };
import MX from "./data/MX.json" with { type: "json" };
import PL from "./data/PL.json" with { type: "json" };
import SA from "./data/SA.json" with { type: "json" };
import TW from "./data/TW.json" with { type: "json" };
import VN from "./data/VN.json" with { type: "json" };
import type { CountryHolidays } from "./country-holidays.ts";

/** Made by `npm run generate:holidays`; docs/calendars.md says from what. */
export const BUILT_IN_COUNTRIES: readonly CountryHolidays[] = [BR, CN, DE, ES, GB, IT, JP, KR, MX, PL, SA, TW, VN];
