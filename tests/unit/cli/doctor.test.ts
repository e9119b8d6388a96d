import { diagnosisText } from "../../../cli/doctor.ts";

test("each finding has its line, and what is wrong its fix", () => {
  const text = diagnosisText([
    { name: "engine", title: "Pulumi engine", finding: { state: "ready", detail: "3.274.1" } },
    { name: "acceleration", title: "KVM", finding: { state: "limited", detail: "emulated", fix: "Use bare metal." } },
    {
      name: "host packages",
      title: "host packages",
      finding: { state: "missing", detail: "missing: cpio", fix: "Run ./strata setup." },
    },
  ]);
  expect(text).toBe(`ok        Pulumi engine: 3.274.1
limited   KVM: emulated
          Use bare metal.
MISSING   host packages: missing: cpio
          Run ./strata setup.

1 thing is missing.
`);
});

test("a machine with limits is ready", () => {
  const text = diagnosisText([
    { name: "a", title: "KVM", finding: { state: "limited", detail: "emulated", fix: "Use bare metal." } },
  ]);
  expect(text.endsWith("\nThis machine is ready.\n")).toBe(true);
});
