// Tickets: people ask for help with a button and a form, and get a private thread
// with the team. A ticket that nobody has written in for some days is closed.
//
//   config {
//     team = "ROLE ID"     # is notified of new tickets
//     idle = "3d"          # after which a ticket is closed
//   }
import { after, command, component, config, kv, modal, on, onStart, onTimer, rest, send, stopTimer, type Interaction } from "shardhost";
import { button, form, row } from "./parts";

interface Ticket {
  number: number;
  owner: string;
  timer: string; // closes it when nobody writes
}

const keyOf = (thread: string) => `ticket/${thread}`;
const idle = () => config.idle ?? "3d";

onStart(() => {
  if (!/^\d+$/.test(config.team)) throw new Error('config: team is missing: put the id of the role that answers there, as team = "123"');
});

command({ name: "tickets", description: "Post the button for new tickets here", default_member_permissions: "32" }, (i) => {
  i.reply({ content: "Do you need help?", components: [row(button("open", "Open a ticket"))] });
});

component("open", (i) => {
  i.showModal(form("open", "What is it about?", { subject: { label: "Subject", max: 80 }, details: { label: "What happened?", long: true } }));
});

modal("open", async (i) => {
  await i.defer({ whisper: true });
  const number = kv.add(`tickets/${i.guild_id}`);
  const thread = await rest.post(`/channels/${i.channel_id}/threads`, {
    name: `${number} ${i.fields.subject}`.slice(0, 100), type: 12, invitable: false,
  });
  await send(thread.id, {
    content: `<@${i.user.id}> asks the <@&${config.team}>:\n>>> ${i.fields.details}`,
    allowed_mentions: { users: [i.user.id], roles: [config.team] },
    components: [row(button("close", "Close", 4))],
  });
  remember(thread.id, { number, owner: i.user.id, timer: after("idle", idle(), thread.id) });
  i.editReply(`Here it is: <#${thread.id}>`);
});

on("MESSAGE_CREATE", (m) => {
  const ticket = kv.json<Ticket>(keyOf(m.channel_id));
  if (!ticket || m.author.bot) return;
  stopTimer(ticket.timer);
  remember(m.channel_id, { ...ticket, timer: after("idle", idle(), m.channel_id) });
}, { content: false });

component("close", async (i: Interaction) => {
  const ticket = kv.json<Ticket>(keyOf(i.channel_id!));
  if (!ticket) return i.whisper("This ticket is closed.");
  if (i.user.id !== ticket.owner && !i.member?.roles.includes(config.team)) return i.whisper("Only the team and the person who asked may close it.");
  await i.reply(`Closed by <@${i.user.id}>.`);
  stopTimer(ticket.timer);
  close(i.channel_id!);
});

onTimer<string>("idle", async ({ data: thread }) => {
  await send(thread, "Nobody has written here for a while: the ticket is closed.");
  close(thread);
});

on("THREAD_DELETE", (thread) => kv.delete(keyOf(thread.id)));

function remember(thread: string, ticket: Ticket) {
  kv.put(keyOf(thread), ticket);
}

function close(thread: string) {
  kv.delete(keyOf(thread));
  rest.patch(`/channels/${thread}`, { archived: true, locked: true });
}
