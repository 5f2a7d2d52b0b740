import { VERSION } from "../version.ts";
import { EXIT, type Verb } from "./verb.ts";

export const version: Verb = {
  name: "version",
  operands: "",
  summary: "Show the version of this command",
  flags: {},
  examples: ["version"],
  rights: [],
  exits: { [EXIT.ok]: "it is printed", [EXIT.error]: "the command line is wrong" },
  async run({ out }) {
    out(`invoiceops ${VERSION}\n`);
    return EXIT.ok;
  },
};
