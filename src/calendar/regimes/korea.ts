import { QUARTERLY, type Regime } from "./regime.ts";

const shift = "nextWorkday";
const law = "국세기본법 art. 5 (Saturdays, public holidays and 1 May)";

export const korea: Regime = {
  code: "KR",
  title: "Korea: VAT, and electronic tax invoices",
  spec: {
    timeZone: "Asia/Seoul",
    holidaysFrom: "KR",
    filings: [
      { name: "e-tax invoices", type: "monthly", deadline: { day: 10 }, shift, opens: { day: 1 }, source: law },
      {
        name: "VAT",
        type: "quarterly",
        months: QUARTERLY,
        deadline: { day: 25 },
        shift,
        opens: { day: 1 },
        source: law,
      },
    ],
    overrides: [
      {
        period: "2009-01 VAT",
        deadline: "2009-01-28",
        source: "hankyung.com/article/2009011636341: the 25th to the 27th are Seollal",
      },
      {
        period: "2016-01 VAT",
        deadline: "2016-01-26",
        announcedAt: "2016-01-25T14:00:00Z",
        source: "taxtimes.co.kr/news/article.html?no=213846: extended at about 23:00 on the last day",
      },
      {
        period: "2015-11 e-tax invoices",
        deadline: "2015-11-13",
        source: "asiae.co.kr 2015111209400044582: extended two days after the deadline",
      },
    ],
  },
};
