import { reserve } from "shardhost:host";
import { Call } from "./rest.js";
import { shape } from "./registry.js";

const quiet = { parse: ["users"], replied_user: true };

/** Makes a message of a text or of its fields. @everyone and roles are not notified unless the fields say so. */
export function messageBody(body, more) {
  if (typeof body === "string") return { allowed_mentions: quiet, content: body, ...more };
  if (body === null || typeof body !== "object") return { allowed_mentions: quiet, content: String(body), ...more };
  return { allowed_mentions: quiet, ...body, ...more };
}

/** Writes a message to a channel. */
export function send(channel, body) {
  return new Call("POST", `/channels/${channel}/messages`, messageBody(body), undefined, Message.prototype);
}

const pathOf = (message) => `/channels/${message.channel_id}/messages/${message.id}`;

// Methods use no private names: messages are made by the engine, not by new.
export class Message {
  reply(body) {
    return new Call("POST", `/channels/${this.channel_id}/messages`,
      messageBody(body, { message_reference: { fail_if_not_exists: false, message_id: this.id } }), undefined, Message.prototype);
  }
  edit(body) {
    return new Call("PATCH", pathOf(this), messageBody(body), { resend: true }, Message.prototype);
  }
  delete(reason) {
    return new Call("DELETE", pathOf(this), undefined, { reason });
  }
  react(emoji) {
    return new Call("PUT", `${pathOf(this)}/reactions/${encodeURIComponent(emoji)}/@me`);
  }
}

for (const name of ["reply", "edit", "delete", "react"]) reserve(name);
shape("MESSAGE_CREATE", Message.prototype);
shape("MESSAGE_UPDATE", Message.prototype);
