import XMLBuilder from "fast-xml-builder";
import { XMLParser } from "fast-xml-parser";
import { ProviderError } from "../../kit/plain/errors.ts";

/** An element: `@name` for attributes, `#` for its text, arrays for repeated elements. Undefined is left out. */
export interface Markup {
  [name: string]: string | number | Markup | Markup[] | string[] | undefined;
}

/** XML text of one element and what is in it. */
export function writeXml(name: string, content: Markup): string {
  return builder.build({ [name]: content }).trimEnd();
}

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  textNodeName: "#",
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
  format: true,
  processEntities: false,
  tagValueProcessor: (_name, value) => escaped(String(value)),
  attributeValueProcessor: (_name, value) => escaped(String(value)),
});

/** With line breaks and tabs escaped too: of an attribute's, a parser would make blanks. */
function escaped(text: string): string {
  const named: Record<string, string> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" };
  return text.replaceAll(/[&<>"'\t\n\r]/g, (character) => `&${named[character] ?? `#${character.charCodeAt(0)}`};`);
}

/** A text as libvirt keeps it: without control characters, its lines ended in one way. */
export function asKept(text: string | undefined): string | undefined {
  return text?.replaceAll(/\r\n?/g, "\n").replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, "");
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseTagValue: false,
  parseAttributeValue: false,
  removeNSPrefix: true,
  // Blanks and line breaks around a text are part of it.
  trimValues: false,
  // Only with it are numbers of characters read: libvirt writes those of <metadata> that are not ASCII as such.
  htmlEntities: true,
});

/** A parsed element: its attributes, text and child elements, each asked for by name. */
export class Element {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  /** All child elements of this name, in order. */
  all(name: string): Element[] {
    const found = this.#member(name);
    if (found === undefined) return [];
    return (Array.isArray(found) ? found : [found]).map((value: unknown) => new Element(value));
  }

  /** The element at this path; the first one where there are several, undefined where there is none. */
  at(...path: string[]): Element | undefined {
    const [name, ...rest] = path;
    if (name === undefined) return this;
    return this.all(name)[0]?.at(...rest);
  }

  attribute(name: string): string | undefined {
    const value = this.#member(`@${name}`);
    return typeof value === "string" ? value : undefined;
  }

  get text(): string {
    const value = typeof this.#value === "object" ? this.#member("#text") : this.#value;
    return typeof value === "string" ? value : "";
  }

  /** The text as a whole number; undefined if it is none. */
  get number(): number | undefined {
    return /^\d+$/.test(this.text) ? Number(this.text) : undefined;
  }

  #member(name: string): unknown {
    return typeof this.#value === "object" && this.#value !== null
      ? (this.#value as Record<string, unknown>)[name]
      : undefined;
  }
}

/** Parses what libvirt sent and returns the root element, which must have this name. */
export function readXml(name: string, text: string): Element {
  const root = new Element(parser.parse(text)).at(name);
  if (!root) throw new ProviderError(`libvirt sent XML without a <${name}>: ${text.slice(0, 200)}`);
  return root;
}

/** Binary units of libvirt's sizes; their names are those of virScaleInteger. */
const units: Record<string, number> = {
  b: 1,
  bytes: 1,
  k: 2 ** 10,
  KiB: 2 ** 10,
  M: 2 ** 20,
  MiB: 2 ** 20,
  G: 2 ** 30,
  GiB: 2 ** 30,
  T: 2 ** 40,
  TiB: 2 ** 40,
};

/** A size with its unit attribute, in bytes. Without a unit it is in `fallback`. */
export function bytesOf(element: Element | undefined, fallback: "bytes" | "KiB"): number | undefined {
  const unit = units[element?.attribute("unit") ?? fallback];
  return element?.number === undefined || unit === undefined ? undefined : element.number * unit;
}
