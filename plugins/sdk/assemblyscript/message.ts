import { JSON } from "./json";
import { Body } from "./write";

/** The fields that the host looks for in a message, in the order of its table: see messageField. */
export const MESSAGE_FIELDS: string[] = [
  "id", "channel_id", "guild_id", "content", "author.id", "author.username", "author.global_name", "author.bot",
];

/** A dispatch of Discord's gateway. It is good until the handler returns. */
export class Event {
  constructor(
    /** As on the wire, "GUILD_MEMBER_ADD". */
    public name: string,
    /** The field d, as Discord sent it. */
    public data: JSON,
    private table: usize = 0,
  ) {}

  /** Field i of those that the host looked for, or else what is at the path. */
  protected field(i: i32, path: string): JSON {
    if (!this.table) return this.data.at(path);
    const from = load<u32>(this.table + i * 8);
    const length = load<u32>(this.table + i * 8, 4);
    return length ? new JSON(this.data.start + from, this.data.start + from + length) : JSON.none();
  }
}

/** A message of a channel. What has no name here is in data. */
export class Message extends Event {
  /** A message from its JSON, as it may have been kept in the data of a call. */
  static parse(text: string): Message {
    return new Message("MESSAGE_CREATE", JSON.parse(text));
  }

  get id(): u64 { return this.field(0, "id").id(); }
  get channelId(): u64 { return this.field(1, "channel_id").id(); }
  /** 0 in a direct message. */
  get guildId(): u64 { return this.field(2, "guild_id").id(); }
  get content(): string { return this.field(3, "content").str(); }
  /** The content as it is written, for comparing without making a string: `m.text.startsWith("!")`. */
  get text(): JSON { return this.field(3, "content"); }
  get authorId(): u64 { return this.field(4, "author.id").id(); }
  /** The name to show: the global one where there is one. */
  get authorName(): string {
    const name = this.field(6, "author.global_name").str();
    return name != "" ? name : this.field(5, "author.username").str();
  }
  get authorIsBot(): bool { return this.field(7, "author.bot").bool(); }
}

/** A message with that text that mentions nobody but users. */
export function messageBody(text: string): Body {
  return new Body().json("allowed_mentions", '{"parse":["users"],"replied_user":true}').text("content", text);
}
