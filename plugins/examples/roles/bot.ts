// Roles lets people choose roles of a server themselves: /roles posts a row of buttons, one for each role in the configuration, and a
// click gives the role or takes it away again.
import { Body, Ctx, Interaction, JSON, Response, command, config, list, onComponent, onResponse } from "../../sdk/assemblyscript/index";

/** Discord allows five buttons in a row and five rows. */
const ROW = 5;
const MOST = 25;

/** The role with that id in the configuration: its label and id. */
function known(id: string): JSON {
  for (let i = config().get("roles").items(); i.next(); ) if (i.value().get("id").is(id)) return i.value();
  return JSON.none();
}

function button(role: JSON): string {
  return new Body().int("type", 2).int("style", 2).text("label", role.get("label").str()).text("custom_id", "role/" + role.get("id").str()).end();
}

function rows(): string {
  const all: string[] = [];
  let row: string[] = [];
  let n = 0;
  for (let i = config().get("roles").items(); i.next() && n < MOST; n++) {
    row.push(button(i.value()));
    if (row.length == ROW) {
      all.push(new Body().int("type", 1).json("components", list(row)).end());
      row = [];
    }
  }
  if (row.length > 0) all.push(new Body().int("type", 1).json("components", list(row)).end());
  return list(all);
}

command("roles", "Post the buttons with which people choose their roles", (c: Ctx, i: Interaction): void => {
  // MANAGE_ROLES: https://docs.discord.com/developers/topics/permissions
  const mayManage = (i.data.at("member.permissions").id() & (1 << 28)) != 0;
  if (!mayManage) return i.whisper("You need the permission Manage Roles for that.");
  if (config().get("roles").length == 0) return i.whisper("There are no roles in the plugin's configuration yet.");
  const text = config().get("text").str();
  i.respond(4, new Body().text("content", text != "" ? text : "Choose your roles:").json("components", rows()).end());
});

onComponent("role/*", (c: Ctx, i: Interaction): void => {
  const role = i.subject.substring(5);
  if (!known(role).exists) return i.whisper("That role is not to be had any more.");
  let has = false;
  for (let r = i.data.at("member.roles").items(); r.next(); ) has = has || r.value().is(role);
  const path = "/guilds/" + i.guildId.toString() + "/members/" + i.user.get("id").id().toString() + "/roles/" + role;
  i.respond(5, new Body().int("flags", 64).end()); // an answer for this person follows
  const data = new Body().id("application_id", i.data.get("application_id").id()).text("token", i.token)
    .text("label", known(role).get("label").str()).bool("had", has).end();
  c.rest(has ? "DELETE" : "PUT", path, "", "changed", data, "chosen with a button");
});

onResponse("changed", (c: Ctx, r: Response): void => {
  const data = JSON.parse(r.data);
  let text = data.get("had").bool() ? "You no longer have " : "You now have ";
  text += "**" + data.get("label").str() + "**.";
  if (!r.ok) text = "That did not work: " + r.problem;
  c.rest("PATCH", "/webhooks/" + data.get("application_id").str() + "/" + data.get("token").str() + "/messages/@original",
    new Body().text("content", text).end());
});
