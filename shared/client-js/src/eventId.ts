import { RealtimeError } from './errors.js';

const Pattern = /^(0|[1-9]\d{0,3}):(0|[1-9]\d{0,18})-(0|[1-9]\d{0,18})\.([a-z0-9]{6})$/;
const PartitionMax = 1023;

/** An event's id, `<partition>:<ms>-<offset>.<epoch>`. As a cursor: everything up to and including this. */
export class EventId {
  private constructor(
    private readonly text: string,
    /** The stream, 0 to 1023. */
    readonly partition: number,
    /** When it was appended, by the log's clock: ms since 1970. */
    readonly ms: number,
    /** The number of the event in its stream; up to 63 bits, hence no `number`. */
    readonly offset: bigint,
    /** The life of the stream. */
    readonly epoch: string,
  ) {}

  /** Throws `protocol` if the text is no id. */
  static parse(text: string): EventId {
    const match = typeof text === 'string' ? Pattern.exec(text) : null;
    const partition = Number(match?.[1]);
    if (!match || partition > PartitionMax)
      throw new RealtimeError('protocol', `${JSON.stringify(text)} is no event id`);
    return new EventId(text, partition, Number(match[2]), BigInt(match[3]!), match[4]!);
  }

  /** Whether this is another life of the stream than `other`'s, or further on in the same. */
  isAfter(other: EventId): boolean {
    return this.epoch !== other.epoch || this.offset > other.offset;
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return this.text;
  }
}
