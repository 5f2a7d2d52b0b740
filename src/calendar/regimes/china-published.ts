import type { RegimeSpec } from "./regime.ts";

/**
 * Deadlines as the State Taxation Administration published them, day of the month by month, January first. Those of
 * 2022, 2023 and the last four months of 2026 were not at hand word for word: they follow from the rule, which was
 * found to give every date of the notices named here.
 */

interface Notice {
  year: number;
  /** No shift left its month. */
  days: readonly number[];
  source: string;
}

const NOTICES: readonly Notice[] = [
  {
    year: 2022,
    days: [19, 23, 15, 20, 19, 20, 15, 15, 20, 25, 15, 15],
    source: "lnmlw.com/Localtaxation/ppffcidezq.html (a translation, in part unreadable)",
  },
  {
    year: 2023,
    days: [16, 15, 15, 17, 18, 15, 17, 15, 15, 23, 15, 15],
    source: "税总办征科函〔2022〕245号, acfic.org.cn/zcsd/fgzc/bw/202212/t20221230_186518.html",
  },
  {
    year: 2024,
    days: [15, 23, 15, 18, 22, 19, 15, 15, 18, 24, 15, 16],
    source: "crsrw.com/dianzishuiwu/1586.html (the notice's text, without its number)",
  },
  {
    year: 2025,
    days: [15, 20, 17, 18, 22, 16, 15, 15, 15, 27, 17, 15],
    source: "税总办征科函〔2024〕71号, cjtax.cn/a/202501/15wujby1fnit4.shtml",
  },
  {
    year: 2026,
    days: [20, 24, 16, 20, 22, 15, 15, 17, 15, 26, 16, 15],
    source: "税总办征科函〔2025〕64号, gxkgg.com/cj/2025/12-12/10532404.shtml",
  },
];

export const PUBLISHED_IN_CHINA: NonNullable<RegimeSpec["overrides"]> = NOTICES.flatMap(({ year, days, source }) =>
  days.map((day, index) => {
    const period = `${year}-${String(index + 1).padStart(2, "0")}`;
    return { period, deadline: `${period}-${String(day).padStart(2, "0")}`, source };
  }),
);
