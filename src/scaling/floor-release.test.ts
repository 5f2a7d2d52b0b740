import { describe, expect, it } from "vitest";
import { Looks } from "../../test/support/floor-looks.ts";
import { LiveField } from "../../test/support/live-field.ts";
import { BASE_ANNOTATION, baseOf, emptyFloorMemory } from "./floor.ts";

const MINUTE = 60_000;

describe.each(["HorizontalPodAutoscaler", "ScaledObject"] as const)("the release on a %s", (kind) => {
  it("writes the base back exactly once, and the note goes with it", () => {
    const looks = new Looks(new LiveField(kind, 3), 12);
    looks.look();
    expect(looks.field.annotations[BASE_ANNOTATION]).toBe("3");
    looks.wanted = 3;
    expect(looks.look(MINUTE)).toMatchObject({ applied: true, reason: "AtBase", write: { value: 3 } });
    expect(looks.look(MINUTE).reason).toBe("AtBase");
    expect(looks.look(MINUTE)).not.toHaveProperty("write");
    expect(looks.writes).toEqual([12, 3]);
    expect(looks.field.annotations).not.toHaveProperty([BASE_ANNOTATION]);
    expect(looks.memory).toEqual({ ...emptyFloorMemory, of: "1" });
  });

  it("writes nothing where nothing was raised", () => {
    const looks = new Looks(new LiveField(kind, 3), 2);
    expect(looks.look()).toMatchObject({ applied: true, reason: "AtBase" });
    expect(looks.writes).toEqual([]);
  });

  it("works after a restart, from the note alone", () => {
    const looks = new Looks(new LiveField(kind, 3), 12);
    looks.look();
    looks.restart();
    looks.wanted = 2;
    looks.look(MINUTE);
    expect(looks.field.value).toBe(3);
  });

  it.each([
    ["lower", 1],
    ["higher", 30],
  ])("leaves a field alone that somebody has set %s, and withdraws the note", (_, value) => {
    const looks = new Looks(new LiveField(kind, 3), 12);
    looks.look();
    looks.field.update("kubectl-edit", value);
    looks.wanted = 1;
    looks.look(MINUTE);
    looks.look(MINUTE);
    expect(looks.writes).toEqual([12, "note"]);
    expect(looks.field.value).toBe(value);
    expect(looks.field.annotations).not.toHaveProperty([BASE_ANNOTATION]);
  });

  it("leaves a field alone that an Apply owner holds at our own number", () => {
    const looks = new Looks(new LiveField(kind, 3), 12);
    looks.look();
    looks.field.apply("argocd-controller", 12);
    looks.look(MINUTE);
    looks.wanted = 3;
    looks.look(MINUTE);
    looks.look(MINUTE);
    expect(looks.writes).toEqual([12, "note"]);
    expect(looks.field.value).toBe(12);
    expect(looks.field.owners.map(({ manager }) => manager)).toEqual(["argocd-controller"]);
  });

  it("does not fall short of a minimum that somebody has raised above the plan", () => {
    const looks = new Looks(new LiveField(kind, 3), 12);
    looks.look();
    looks.field.update("kubectl-edit", 30);
    looks.look(MINUTE);
    looks.look(MINUTE);
    expect(looks.field.value).toBe(30);
  });
});

/** The base of an HPA at 12 whose note says `note`; `by` wrote the note. */
function noted(note: string | undefined, ours = true, by = "invoiceops"): ReturnType<typeof baseOf> {
  const owner = { manager: ours ? "invoiceops" : "kubectl-edit", operation: "Update" } as const;
  const field = new LiveField("HorizontalPodAutoscaler", 12, { owner });
  field.noter = by;
  if (note !== undefined) field.annotations[BASE_ANNOTATION] = note;
  return baseOf(field.target());
}

describe("baseOf", () => {
  it.each<[string, ReturnType<typeof baseOf>, ReturnType<typeof baseOf>]>([
    ["the note, while the field is ours", noted("3"), { replicas: 3, raised: true }],
    ["a note of zero, as KEDA may have it", noted("0"), { replicas: 0, raised: true }],
    ["what somebody else wrote, beside our note", noted("3", false), { replicas: 12, raised: true }],
    [
      "what KEDA wrote, beside the note that it took over from a ScaledObject",
      noted("3", false, "keda"),
      { replicas: 12, raised: false },
    ],
    [
      "the note of a backup, while the field is ours and above it",
      noted("3", true, "kubectl"),
      { replicas: 3, raised: true },
    ],
    ["the note of a backup, once it is given back", noted("12", true, "kubectl"), { replicas: 12, raised: false }],
    ["the value, without a note", noted(undefined), { replicas: 12, raised: false }],
    ...["", " ", "-1", "2.5", "1e3", "three", "NaN"].map(
      (note): [string, ReturnType<typeof baseOf>, ReturnType<typeof baseOf>] => [
        `the value, beside the mangled note ${JSON.stringify(note)}`,
        noted(note),
        { replicas: 12, raised: false },
      ],
    ),
  ])("is %s", (_, base, expected) => {
    expect(base).toEqual(expected);
  });
});
