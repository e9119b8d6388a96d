// Preloaded by Pulumi.yaml's nodeargs, before Pulumi's SDK: what the SDK loads at its start and a program like ours never
// uses is loaded when it is first used. That is half of the program's start, in which nothing else can begin.
import Module from "node:module";
import { join, sep } from "node:path";

/** What the SDK turns functions into text with (dynamic providers, callbacks), and what it sends traces with. */
const late = new Set([
  "typescript",
  "@npmcli/arborist",
  "normalize-package-data",
  "./automation",
  "@opentelemetry/exporter-zipkin",
  "@opentelemetry/instrumentation",
  "@opentelemetry/instrumentation-grpc",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace-base",
  "@opentelemetry/sdk-trace-node",
]);

const sdk = join("node_modules", "@pulumi", "pulumi", sep);

type Load = (this: unknown, request: string, parent?: { filename: string }, ...rest: unknown[]) => object;
type Callable = (...given: unknown[]) => unknown;

/** Node.js's own function behind `require`, the one that instrumentation libraries replace, too. */
const loader = Module as unknown as { _load: Load };
const load = loader._load;

loader._load = function (request, parent, ...rest) {
  const real = () => load.call(this, request, parent, ...rest);
  return late.has(request) && parent?.filename.includes(sdk) === true ? lateModule(real) : real();
};

/** Stands for a module: `import * as` takes it as it is, and each of its exports is late, too. */
function lateModule(real: () => object): object {
  return new Proxy(
    {},
    {
      get: (_, name) => {
        if (name === "__esModule") return true;
        return name === "default" ? real() : lateExport(() => Reflect.get(real(), name) as Callable);
      },
    },
  );
}

/** Stands for a function, a class or an object: all that these modules' exports are used as. */
function lateExport(real: () => Callable): object {
  return new Proxy(function () {}, {
    get: (_, name) => Reflect.get(real(), name) as unknown,
    apply: (_, self, given) => Reflect.apply(real(), self, given),
    construct: (_, given) => Reflect.construct(real(), given) as object,
  });
}
