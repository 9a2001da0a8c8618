import { Ctx } from "./ctx";
import { JSON } from "./json";
import { Event, messageBody } from "./message";
import { Body } from "./write";

/**
 * A person's use of a command, a button, a menu or a form. Discord waits three seconds for the first answer: reply, or defer and then
 * followUp within fifteen minutes.
 */
export class Interaction extends Event {
  ctx!: Ctx;

  get id(): u64 { return this.data.get("id").id(); }
  /** 2 command, 3 component, 4 autocomplete, 5 form. */
  get type(): i32 { return i32(this.data.get("type").int()); }
  get token(): string { return this.data.get("token").str(); }
  get guildId(): u64 { return this.data.get("guild_id").id(); }
  get channelId(): u64 { return this.data.get("channel_id").id(); }
  /** The person, in a guild or not. */
  get user(): JSON {
    const member = this.data.at("member.user");
    return member.exists ? member : this.data.get("user");
  }
  get userName(): string {
    const name = this.user.get("global_name").str();
    return name != "" ? name : this.user.get("username").str();
  }
  /** Of a command its name, of a component or form its custom_id. */
  get subject(): string {
    const inner = this.data.get("data");
    const name = inner.get("name").str();
    return name != "" ? name : inner.get("custom_id").str();
  }

  /** What the person gave for an option. Those of a subcommand count as the command's. */
  option(name: string): JSON { return find(this.data.at("data.options"), name); }

  /** What the person wrote into a field of a form. */
  input(customId: string): JSON {
    for (let row = this.data.at("data.components").items(); row.next(); ) {
      for (let c = row.value().get("components").items(); c.next(); ) {
        if (c.value().get("custom_id").is(customId)) return c.value().get("value");
      }
      const inner = row.value().get("component"); // of a label
      if (inner.get("custom_id").is(customId)) return inner.get("value");
    }
    return JSON.none();
  }

  /** What the person chose in a menu. */
  get values(): JSON { return this.data.at("data.values"); }

  /** Answers with a message that everyone in the channel sees. */
  reply(text: string): void { this.respond(4, messageBody(text).end()); }
  /** Answers with a message that only the person sees. */
  whisper(text: string): void { this.respond(4, messageBody(text).int("flags", 64).end()); }
  /** Says that an answer follows; the person sees that the bot is thinking. */
  defer(): void { this.respond(5, ""); }
  /** Changes the message that the component stands in. */
  update(text: string): void { this.respond(7, messageBody(text).end()); }

  /** Answers with a callback of that type; data is JSON, "" for none. */
  respond(type: i32, data: string): void {
    const body = new Body().int("type", type);
    if (data != "") body.json("data", data);
    this.ctx.rest("POST", "/interactions/" + this.id.toString() + "/" + this.token + "/callback", body.end());
  }

  /** Sends a further message, or the first one after defer. */
  followUp(text: string): void {
    this.ctx.rest("POST", "/webhooks/" + this.data.get("application_id").id().toString() + "/" + this.token, messageBody(text).end());
  }
}

function find(options: JSON, name: string): JSON {
  for (let o = options.items(); o.next(); ) {
    const nested = o.value().get("options");
    if (nested.exists) {
      const value = find(nested, name);
      if (value.exists) return value;
    } else if (o.value().get("name").is(name)) {
      return o.value().get("value");
    }
  }
  return JSON.none();
}

/** An argument of a slash command. */
export class Option {
  constructor(private kind: i32, private name: string, private description: string, private required: bool) {}

  static text(name: string, description: string, required: bool = false): Option { return new Option(3, name, description, required); }
  static integer(name: string, description: string, required: bool = false): Option { return new Option(4, name, description, required); }
  static bool(name: string, description: string, required: bool = false): Option { return new Option(5, name, description, required); }
  static user(name: string, description: string, required: bool = false): Option { return new Option(6, name, description, required); }
  static channel(name: string, description: string, required: bool = false): Option { return new Option(7, name, description, required); }
  static role(name: string, description: string, required: bool = false): Option { return new Option(8, name, description, required); }
  static number(name: string, description: string, required: bool = false): Option { return new Option(10, name, description, required); }

  definition(): string {
    return new Body().int("type", this.kind).text("name", this.name).text("description", this.description).bool("required", this.required).end();
  }
}
