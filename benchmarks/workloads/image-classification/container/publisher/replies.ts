import type { RunDirectory } from "../../../container/runDirectory.ts";
import type { Photo } from "./photos.ts";
import type { ScheduledPhoto } from "./schedule.ts";

interface Sent {
  scheduled: ScheduledPhoto;
  photo: Photo;
  sentMs: number;
  preprocMs: number;
  ackedMs?: number;
  reply?: { atMs: number; label: string };
}

/** The photos on their way. A photo's row is written when both acknowledgement and reply are in, or when the run ends. */
export class Replies {
  readonly #record: RunDirectory;
  readonly #open = new Map<number, Sent>();
  #answered = 0;

  constructor(record: RunDirectory) {
    this.#record = record;
  }

  get answered(): number {
    return this.#answered;
  }

  /** Photos without acknowledgement or reply. */
  get open(): number {
    return this.#open.size;
  }

  sent(scheduled: ScheduledPhoto, photo: Photo, sentMs: number, preprocMs: number): void {
    this.#open.set(scheduled.seq, { scheduled, photo, sentMs, preprocMs });
  }

  acknowledged(seq: number, atMs: number): void {
    const sent = this.#open.get(seq);
    if (!sent) return;
    sent.ackedMs = atMs;
    this.#finish(sent);
  }

  replied(seq: number, atMs: number, label: string): void {
    const sent = this.#open.get(seq);
    // QoS 1 may deliver a label twice: the first one counts.
    if (!sent || sent.reply) return;
    sent.reply = { atMs, label };
    this.#answered += 1;
    this.#finish(sent);
  }

  /** Writes what is still open as rows without reply. */
  giveUp(): void {
    for (const sent of this.#open.values()) this.#write(sent);
    this.#open.clear();
  }

  #finish(sent: Sent): void {
    if (sent.ackedMs === undefined || !sent.reply) return;
    this.#write(sent);
    this.#open.delete(sent.scheduled.seq);
  }

  #write({ scheduled, photo, sentMs, preprocMs, ackedMs, reply }: Sent): void {
    this.#record.sample([
      scheduled.seq,
      photo.file,
      scheduled.intendedMs,
      sentMs,
      ackedMs,
      reply?.atMs,
      reply?.label,
      photo.content.length,
      preprocMs,
      scheduled.warmup ? 1 : 0,
    ]);
  }
}
