import { gateway as out } from "shardhost:host";
import { check } from "./host.js";

/** Sends a command over the gateway; shard -1 is that of the event being handled. */
export function gateway(op, d, shard = -1) {
  check(`gateway ${op}`, out(shard, op, JSON.stringify(d)));
}

/** Changes how the bot is shown. */
export function setPresence(status, ...activities) {
  gateway(3, {
    since: null, afk: false, status,
    activities: activities.map((a) => (a.type === 4 ? { ...a, state: a.state ?? a.name } : a)),
  });
}

/** Asks for members of a guild, which come as GUILD_MEMBERS_CHUNK. */
export function requestMembers(guild, { query = "", limit = 0, ...more } = {}) {
  gateway(8, more.user_ids ? { guild_id: guild, limit, ...more } : { guild_id: guild, query, limit, ...more });
}
