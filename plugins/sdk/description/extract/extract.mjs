// Writes ../discord.json: the dispatch events of Discord's gateway and the
// objects they hold, from the types of the npm package discord-api-types.
//
//	npm ci && node extract.mjs
//
// It asks the TypeScript compiler, so that every extends, Omit, Partial and union
// is resolved as it is for those who use the types.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(createRequire(import.meta.url).resolve('discord-api-types/v10'));
const version = JSON.parse(readFileSync(path.join(root, 'package.json'))).version;
const entry = path.join(root, 'gateway', 'v10.d.ts');

// Ids and permissions are strings in TypeScript; here they stay apart.
const brands = { Snowflake: '__id', Permissions: '__bits' };
const host = ts.createCompilerHost({});
const read = host.getSourceFile;
host.getSourceFile = (name, ...rest) => {
	if (name !== path.join(root, 'globals.d.ts')) return read(name, ...rest);
	let text = readFileSync(name, 'utf8');
	for (const [type, brand] of Object.entries(brands)) {
		text = text.replace(`type ${type} = string;`, `type ${type} = string & { ${brand}: true };`);
	}
	return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
};
const program = ts.createProgram([entry], { strict: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS }, host);
const checker = program.getTypeChecker();

// Objects that are one thing under several names: with the event's own fields or
// without, in part or whole. A name may be a pattern.
const same = [
	[/^Message(Create|Update)$|^BaseMessage(NoChannel)?$/, 'Message'],
	[/^Guild(Create|Modify|Update|Delete)$|^(Partial|Unavailable|Base|InteractionGuild)Guild$|^(Partial)?InteractionGuild$/, 'Guild'],
	[/^GuildMember(Add|Update|NoUser)?$|^(Interaction|InteractionDataResolved|Base|Flagged|BaseVoice|PartialAPIMessageInteraction)GuildMember$/, 'Member'],
	[/^(Channel|Thread)(Create|Update|Delete|Modify)$|^(Thread|Partial|Guild|ThreadOnly|Interaction|InteractionDataResolved)Channel$|^GuildThread$/, 'Channel'],
	[/^ThreadMemberUpdate$|^ThreadMembersUpdateMember.*$/, 'ThreadMember'],
	[/^PartialEmoji$|^MessageComponentEmoji$|^ActivityEmoji$/, 'Emoji'],
	[/^UserUpdate$|^PresenceUser$|^GuildMembersChunkPresenceUser$|^UserWithMember$/, 'User'],
	[/^PresenceUpdate(Receive)?$|^GatewayPresenceUpdate$|^GuildMembersChunkPresence$/, 'Presence'],
	[/^VoiceStateUpdate$|^GuildVoiceState$|^BaseVoiceState$|^VoiceStateMember$/, 'VoiceState'],
	[/^GuildIntegration$|^Integration(Create|Update)$/, 'Integration'],
	[/^GuildIntegrationApplication$/, 'IntegrationApplication'],
	[/^GuildScheduledEvent(Create|Update|Delete)?$/, 'ScheduledEvent'],
	[/^GuildScheduledEventUser(Add|Remove)$/, 'ScheduledEventUser'],
	[/^GuildScheduledEvent(\w+)$/, 'ScheduledEvent$1'],
	[/^StageInstance(Create|Update|Delete)$/, 'StageInstance'],
	[/^Entitlement(Create|Update|Delete|Modify)$/, 'Entitlement'],
	[/^Subscription(Create|Update|Delete|Modify)$/, 'Subscription'],
	[/^AutoModerationRule(Create|Update|Delete|Modify)$/, 'AutoModerationRule'],
	[/^GuildAuditLogEntryCreate$/, 'AuditLogEntry'],
	[/^GuildSoundboardSound(Create|Update)$/, 'SoundboardSound'],
	[/^SoundboardSounds$|^GuildSoundboardSoundsUpdate$/, 'SoundboardSounds'],
	[/^GuildRole(Create|Update|Modify)$/, 'GuildRole'],
	[/^RequestGuildMemberRateLimitMetadata$/, 'RateLimitedRequest'],
	[/^GuildBan(Add|Remove|Modify)$/, 'GuildBan'],
	[/^MessageReaction(Add|Remove|RemoveAll|RemoveEmoji)$/, 'MessageReaction'],
	[/^.*Component$|^ComponentIn.*$/, 'Component'],
	[/^.*InteractionMetadata$/, 'InteractionMetadata'],
	[/^.*InteractionData.*Option$/, 'CommandOption'],
	[/^.*InteractionData$|^ModalSubmission$/, 'InteractionData'],
	[/^MessageInteraction$/, 'MessageInteraction'],
	[/^InteractionCreate$|^.*Interaction$/, 'Interaction'],
];

// What the types leave open and the documentation says.
const corrections = {
	Activity: { buttons: '[]string' },
	GuildMembersChunk: { not_found: '[]id' },
	VoiceChannelEffectSend: { sound_id: 'id' },
};

// Numbers that are not whole; TypeScript does not tell.
const floats = new Set(['duration_secs', 'volume', 'sound_volume', 'retry_after', 'min_value', 'max_value']);

// By name: where it is documented, and the fields of each type that it stands for.
const objects = new Map();

function nameOf(type, fallback) {
	const alias = type.aliasSymbol?.name;
	if (/^(Partial|Omit|Pick|Required|Readonly|_?Nullable|.*Undefined.*)$/.test(alias ?? '')) {
		return nameOf(type.aliasTypeArguments[0], fallback);
	}
	let name = alias ?? type.symbol?.name ?? '__type';
	if (name === '__type' || name === '__object') name = fallback;
	name = name.replace(/^_+/, '').replace(/^(API|Gateway)/, '').replace(/Dispatch(Data)?$|Payload$|(?<!Interaction)Data$/, '');
	for (const [pattern, one] of same) {
		if (pattern.test(name)) return name.replace(pattern, one);
	}
	return name;
}

function seeOf(symbol) {
	for (const tag of symbol?.getJsDocTags(checker) ?? []) {
		const url = /https:\/\/\S+?(?=[}\s]|$)/.exec(ts.displayPartsToString(tag.text));
		if (tag.name === 'see' && url) return url[0].replace('discord.com/developers/docs', 'docs.discord.com/developers');
	}
	return undefined;
}

// brandOf is id or bits where the type is one of ours.
function brandOf(type) {
	for (const brand of Object.values(brands)) {
		if (type.flags & ts.TypeFlags.Intersection && type.getProperty(brand)) return brand.slice(2);
	}
	return undefined;
}

// kindOf describes one type without null and undefined; alternatives are merged
// by join.
function kindOf(type, fallback) {
	const f = ts.TypeFlags;
	const brand = brandOf(type);
	if (brand) return brand;
	if (type.flags & (f.String | f.StringLiteral | f.TemplateLiteral)) return 'string';
	if (type.flags & f.EnumLike && type.isUnion()) return join(type.types.map((t) => kindOf(t, fallback)));
	if (type.flags & (f.Number | f.NumberLiteral | f.Enum | f.EnumLiteral)) return 'int';
	if (type.flags & (f.Boolean | f.BooleanLiteral)) return 'bool';
	if (type.flags & (f.Any | f.Unknown | f.Never | f.Null | f.Undefined)) return 'nothing';
	if (type.isUnion()) return union(type, fallback);
	if (checker.isTupleType(type) || checker.isArrayType(type)) {
		const items = checker.getTypeArguments(type);
		return '[]' + join(items.map((t) => kindOf(checker.getNonNullableType(t), fallback.replace(/s$/, ''))));
	}
	const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
	if (index || checker.getIndexInfosOfType(type).length > 0) {
		const values = index ?? checker.getIndexInfosOfType(type)[0];
		return 'map ' + kindOf(checker.getNonNullableType(values.type), fallback.replace(/s$/, ''));
	}
	const properties = checker.getPropertiesOfType(type);
	if (properties.length === 0) return 'nothing';
	if (properties.every((p) => /^\d+$/.test(p.name))) {
		return 'map ' + join(properties.map((p) => kindOf(checker.getNonNullableType(checker.getTypeOfSymbol(p)), fallback.replace(/s$/, ''))));
	}
	if (type.flags & (f.Object | f.Intersection)) return object(type, nameOf(type, fallback));
	throw new Error(`${fallback}: no idea what ${checker.typeToString(type)} is`);
}

// union describes alternatives. Those that are objects become one object with
// the fields of all.
function union(type, fallback) {
	const name = type.aliasSymbol ? nameOf(type, fallback) : undefined;
	return join(type.types.map((t) => {
		const plain = t.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection) && !brandOf(t) &&
			!checker.isArrayType(t) && !checker.isTupleType(t) && checker.getIndexInfosOfType(t).length === 0 &&
			checker.getPropertiesOfType(t).some((p) => !/^\d+$/.test(p.name));
		return plain ? object(t, name ?? nameOf(t, fallback)) : kindOf(t, fallback);
	}));
}

// join is what alternatives have in common. Objects of several names become one,
// under the first name; else there is no common word but any.
function join(kinds) {
	const all = [...new Set(kinds.map((k) => (objects.has(k) ? rootOf(k) : k)))];
	if (all.length > 1 && all.includes('nothing')) return join(all.filter((k) => k !== 'nothing'));
	if (all.length === 1) return all[0];
	for (const prefix of ['[]', 'map ']) {
		if (all.every((k) => k.startsWith(prefix))) return prefix + join(all.map((k) => k.slice(prefix.length)));
	}
	if (all.every((k) => k === 'id' || k === 'string')) return 'string';
	if (all.every((k) => objects.has(k))) {
		const [first, ...others] = all;
		for (const other of others) absorb(first, other);
		return first;
	}
	return 'any';
}

// Objects that turned out to be another one.
const absorbed = new Map();
const rootOf = (name) => (absorbed.has(name) ? rootOf(absorbed.get(name)) : name);
function absorb(into, name) {
	[into, name] = [rootOf(into), rootOf(name)];
	if (into === name) return;
	absorbed.set(name, into);
	for (const [type, fields] of objects.get(name).types) objects.get(into).types.set(type, fields);
}

function object(type, name) {
	if (!objects.has(name)) objects.set(name, { see: undefined, types: new Map() });
	const o = objects.get(name);
	if (o.types.has(type)) return name;
	const fields = new Map();
	o.types.set(type, fields);
	o.see ??= seeOf(type.aliasSymbol ?? type.symbol);
	for (const property of checker.getPropertiesOfType(type)) {
		const t = checker.getTypeOfSymbol(property);
		const has = (flag) => (t.isUnion() ? t.types : [t]).some((x) => x.flags & flag);
		let kind = kindOf(checker.getNonNullableType(t), name + pascal(property.name));
		if (kind === 'int' && floats.has(property.name)) kind = 'float';
		fields.set(property.name, {
			kind: corrections[name]?.[property.name] ?? kind,
			optional: Boolean(property.flags & ts.SymbolFlags.Optional) || has(ts.TypeFlags.Undefined),
			nullable: has(ts.TypeFlags.Null),
		});
	}
	return name;
}

// fieldsOf merges the types that an object stands for: what one of them lacks is
// optional.
function fieldsOf(name) {
	const types = [...objects.get(name).types.values()];
	const names = new Set(types.flatMap((fields) => [...fields.keys()]));
	return new Map([...names].map((field) => {
		const all = types.map((fields) => fields.get(field)).filter(Boolean);
		return [field, {
			kind: join(all.map((f) => f.kind)),
			optional: all.length < types.length || all.some((f) => f.optional),
			nullable: all.some((f) => f.nullable),
		}];
	}));
}

const pascal = (s) => s.split('_').map((w) => w.charAt(0).toUpperCase() + w.slice(1)).join('');

const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
const dispatches = checker.getDeclaredTypeOfSymbol(checker.getExportsOfModule(module).find((s) => s.name === 'GatewayDispatchPayload'));
const events = new Map();
for (const dispatch of dispatches.types) {
	const get = (name) => checker.getTypeOfSymbol(dispatch.getProperty(name));
	const t = get('t');
	const names = t.isUnion() ? t.types : [t];
	for (const name of names) {
		const data = checker.getNonNullableType(get('d'));
		const kind = kindOf(data, nameOf(data, pascal(name.value.toLowerCase())));
		if (kind !== 'nothing') events.set(name.value, kind);
	}
}

const final = (kind) => {
	const [prefix, base] = /^((?:\[\]|map )*)(.*)$/.exec(kind).slice(1);
	return prefix + (base === 'nothing' ? 'any' : rootOf(base));
};
const sorted = (map) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
// An object that only another one held which has absorbed it is not written.
const reached = new Set();
const reach = (kind) => {
	const base = final(kind).replace(/^(\[\]|map )*/, '');
	if (!objects.has(base) || reached.has(base)) return;
	reached.add(base);
	for (const field of fieldsOf(base).values()) reach(field.kind);
};
for (const kind of events.values()) reach(kind);

const out = {
	source: `npm package discord-api-types ${version}, gateway/v10 (MIT)`,
	events: Object.fromEntries(sorted(events).map(([name, kind]) => [name, final(kind)])),
	objects: Object.fromEntries(sorted(objects).filter(([name]) => reached.has(name)).map(([name, o]) => [name, {
		see: o.see,
		fields: Object.fromEntries([...fieldsOf(name)].map(([field, { kind, optional, nullable }]) =>
			[field, final(kind) + (optional ? '?' : '') + (nullable ? ' or null' : '')])),
	}])),
};
writeFileSync(path.join(here, '..', 'discord.json'), JSON.stringify(out, null, '\t') + '\n');
console.log(`${events.size} events, ${reached.size} objects, ${Object.values(out.objects).reduce((n, o) => n + Object.keys(o.fields).length, 0)} fields`);
