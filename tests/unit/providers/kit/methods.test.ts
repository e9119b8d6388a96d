// What the engine may ask of a plugin beside the plain life of a resource, which server.test.ts goes through.
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type * as Wire from "@pulumi/pulumi/proto/provider_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import { ProviderError } from "../../../../providers/kit/plain/errors.ts";
import { secret, unknownValue } from "../../../../providers/kit/values.ts";
import { struct, type Values } from "../../../support/pluginProcess.ts";
import { until } from "../../../support/until.ts";
import { fixedUrn, plugin, urn } from "./inProcess.ts";

const named = (response: Wire.DiffResponse) => ({
  changed: response.getDiffsList(),
  replaced: response.getReplacesList(),
  first: response.getDeletebeforereplace(),
  /** Absent: left to the engine. */
  detail: response.getHasdetaileddiff()
    ? Object.fromEntries(
        (response.getDetaileddiffMap().toArray() as [string, unknown][]).map(([path]) => [
          path,
          response.getDetaileddiffMap().get(path)?.getKind(),
        ]),
      )
    : undefined,
});
const { ADD, DELETE, UPDATE, UPDATE_REPLACE } = messages.PropertyDiff.Kind;

describe("diff", () => {
  test("says of each changed value whether it replaces; an equivalent path does not", async () => {
    const { configure, diff } = plugin();
    await configure();
    expect(named(await diff({ path: "/a", size: 1, key: "k" }, { path: "/b", size: 2 }))).toEqual({
      changed: ["key", "path", "size"],
      replaced: ["path"],
      first: true,
      detail: { key: DELETE, path: UPDATE_REPLACE, size: UPDATE },
    });
    expect(named(await diff({ path: "/a", size: 1 }, { path: "/A", size: 1, key: "k" }))).toEqual({
      changed: ["key", "path"],
      replaced: [],
      first: false,
      detail: { key: ADD, path: UPDATE },
    });
  });

  test("what can't be changed in place is replaced, by a second one where the first may stay", async () => {
    const { configure, diff } = plugin();
    await configure();
    expect(named(await diff({ path: "/a", size: 1 }, { path: "/a", size: 2 }, { urn: fixedUrn }))).toMatchObject({
      replaced: ["size"],
      first: false,
    });
  });

  test("drift counts as a change; what is not an input is left to the engine to detail", async () => {
    const { configure, diff, told } = plugin({ drift: ["size", "shape"] });
    await configure();
    const same = { path: "/a", size: 1 };
    expect(named(await diff(same, same, { outputs: { ...same, text: "t" } }))).toEqual({
      changed: ["shape", "size"],
      replaced: ["shape"],
      first: true,
      detail: undefined,
    });
    expect(told).toEqual([{ drift: { inputs: same, outputs: { ...same, text: "t" } }, name: "thing-a" }]);
  });

  test("what the program wants ignored neither updates nor replaces", async () => {
    const { configure, diff } = plugin({ drift: ["size", "shape"] });
    await configure();
    const same = { path: "/a", size: 1 };
    const nothing = { changed: [], replaced: [], first: false, detail: {} };
    expect(named(await diff(same, same, { ignored: ["size", "shape"] }))).toEqual(nothing);
    expect(named(await diff(same, same, { ignored: ["shape"] }))).toMatchObject({ changed: ["size"], replaced: [] });
  });

  test("a state of an older version reads under today's names, and that is no change", async () => {
    const { configure, diff } = plugin();
    await configure();
    expect(named(await diff({ file: "/a", size: 1 }, { path: "/a", size: 1 })).changed).toEqual([]);
  });
});

describe("what is secret", () => {
  const create = (properties: Values, preview = false) => {
    const request = new messages.CreateRequest();
    request.setUrn(urn);
    request.setProperties(struct(properties));
    request.setPreview(preview);
    return request;
  };

  test("in the inputs is so in the state, and so are outputs that could repeat it", async () => {
    const { call, configure } = plugin();
    await configure();
    const made = await call<Wire.CreateResponse>("create", create({ path: secret("/a"), size: 1 }));
    expect(made.getProperties()?.toJavaScript()).toEqual({ path: secret("/a"), size: 1, text: secret("/a") });
    const open = await call<Wire.CreateResponse>("create", create({ path: "/a", size: 1 }));
    expect(open.getProperties()?.toJavaScript()).toEqual({ path: "/a", size: 1, text: "/a" });
    const preview = await call<Wire.CreateResponse>("create", create({ path: secret(unknownValue), size: 1 }, true));
    expect(preview.getProperties()?.toJavaScript()).toEqual({ path: secret(unknownValue), size: 1 });
  });

  test("in the state is so after a refresh, whatever the world says now", async () => {
    const { call, configure } = plugin({ found: { inputs: { path: "/b", size: 2 }, outputs: { text: "/b" } } });
    await configure();
    const request = new messages.ReadRequest();
    request.setUrn(urn);
    request.setId("7");
    request.setInputs(struct({ path: "/a", size: secret(1) }));
    request.setProperties(struct({ path: "/a", size: secret(1), text: secret("/a") }));
    const found = await call<Wire.ReadResponse>("read", request);
    expect(found.getInputs()?.toJavaScript()).toEqual({ path: "/b", size: secret(2) });
    expect(found.getProperties()?.toJavaScript()).toEqual({ path: "/b", size: secret(2), text: secret("/b") });
  });
});

describe("update and delete", () => {
  const update = (about: string) => {
    const request = new messages.UpdateRequest();
    request.setUrn(about);
    request.setId("7");
    request.setNews(struct({ path: "/b", size: 2 }));
    request.setOldInputs(struct({ file: "/a", size: secret(1) }));
    request.setOlds(struct({ file: "/a", size: secret(1), text: "/a" }));
    return request;
  };

  test("get the old state plain, and under today's names", async () => {
    const { call, configure, told } = plugin();
    await configure();
    const old = { inputs: { path: "/a", size: 1 }, outputs: { path: "/a", size: 1, text: "/a" } };
    await call("update", update(urn));
    const request = new messages.DeleteRequest();
    request.setUrn(urn);
    request.setId("7");
    request.setOldInputs(struct({ file: "/a", size: secret(1) }));
    request.setProperties(struct({ file: "/a", size: secret(1), text: "/a" }));
    expect(await call("delete", request)).toBeInstanceOf(emptyMessages.Empty);
    expect(told).toEqual([
      { update: "7", now: { path: "/b", size: 2 }, old },
      { delete: "7", state: old },
    ]);
  });

  test("an update of what has none is refused by name", async () => {
    const { call, configure } = plugin();
    await configure();
    await expect(call("update", update(fixedUrn))).rejects.toThrow("unit:index/fixed:Fixed can't be changed in place");
  });

  test("the engine's cancel ends what is under way", async () => {
    const { call, configure, told } = plugin();
    await configure();
    const request = new messages.DeleteRequest();
    request.setUrn(urn);
    request.setId("slow");
    const ended = expect(call("delete", request)).rejects.toThrow("interrupted");
    await until("the delete to begin", 20_000, () => told.length > 0, 1);
    await call("cancel", new emptyMessages.Empty());
    await ended;
  });
});

describe("functions", () => {
  const invoke = (token: string, args: Values) => {
    const request = new messages.InvokeRequest();
    request.setTok(token);
    request.setArgs(struct(args));
    return request;
  };

  test("are called with plain values, or told what is wrong with each", async () => {
    const { call, configure } = plugin();
    await configure();
    const token = "unit:index/double:double";
    const done = await call<Wire.InvokeResponse>("invoke", invoke(token, { number: secret(4) }));
    expect([done.getReturn()?.toJavaScript(), done.getFailuresList()]).toEqual([{ double: 8 }, []]);
    const refused = await call<Wire.InvokeResponse>("invoke", invoke(token, { number: 4, unit: "m" }));
    expect(refused.getReturn()?.toJavaScript()).toEqual({});
    expect(refused.getFailuresList().map((failure) => failure.toObject())).toEqual([
      { property: "unit", reason: "unit is not supported by unit:index/double:double; remove it" },
    ]);
    await expect(call("invoke", invoke(token, { number: 0 }))).rejects.toThrow("0 has no double here");
    await expect(call("invoke", invoke("unit:index/triple:triple", {}))).rejects.toThrow(
      "the unit plugin has no function unit:index/triple:triple",
    );
  });

  test("need a configuration", async () => {
    const { call } = plugin();
    await expect(call("invoke", invoke("unit:index/double:double", { number: 1 }))).rejects.toThrow(
      "the unit plugin was used before it was configured",
    );
  });
});

test("a program's own keys are no configuration: a change of them is none of the provider's", async () => {
  const { call } = plugin();
  const request = new messages.CheckRequest();
  request.setNews(struct({ colour: "red", experiment: "a" }));
  const checked = await call<Wire.CheckResponse>("checkConfig", request);
  expect(checked.getInputs()?.toJavaScript()).toEqual({ colour: "red" });
  expect(checked.getFailuresList()).toEqual([]);
  const change = new messages.DiffRequest();
  change.setOldInputs(struct({ colour: "red" }));
  change.setNews(struct({ colour: "blue" }));
  expect(named(await call<Wire.DiffResponse>("diffConfig", change))).toMatchObject({
    changed: ["colour"],
    replaced: [],
  });
});

test("an input that others of the kind know is refused with what to write instead", async () => {
  const { call } = plugin();
  const request = new messages.CheckRequest();
  request.setUrn(urn);
  request.setNews(struct({ path: "/a", size: 1, disks: [{ volume: "v" }, { volume: "w", url: "x", hue: 1 }] }));
  const checked = await call<Wire.CheckResponse>("check", request);
  expect(checked.getFailuresList().map((failure) => failure.toObject())).toEqual([
    { property: "disks[1].hue", reason: "disks[1].hue is not supported by unit:index/thing:Thing; remove it" },
    { property: "disks[1].url", reason: "disks[1].url: nothing is fetched here; make a volume of it" },
  ]);
});

test("a line goes to the engine with its resource; a defect's stack into the log, a user's error without one", async () => {
  const written: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text: string) => written.push(text) > 0;
  try {
    for (const fails of [new ProviderError("the disk is full; free some"), new TypeError("x is not a function")]) {
      const { call, configure, said } = plugin({ fails });
      await configure();
      const request = new messages.CreateRequest();
      request.setUrn(urn);
      request.setProperties(struct({ path: "/a", size: 1 }));
      await expect(call("create", request)).rejects.toThrow(fails.message);
      expect(said).toEqual([["warning", "blue is out", { urn, ephemeral: undefined }]]);
    }
  } finally {
    process.stderr.write = write;
  }
  expect(written.map((text) => text.split("\n")[0])).toEqual(["TypeError: x is not a function"]);
});
