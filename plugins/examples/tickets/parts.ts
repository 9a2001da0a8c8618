// Parts of messages and forms:
// https://docs.discord.com/developers/components/reference

export const row = (...components: any[]) => ({ type: 1, components });

/** Styles: 1 blue, 2 grey, 3 green, 4 red. */
export const button = (custom_id: string, label: string, style = 1) => ({ type: 2, custom_id, label, style });

interface Field {
  label: string;
  max?: number;
  long?: boolean;
}

export const form = (custom_id: string, title: string, fields: Record<string, Field>) => ({
  custom_id,
  title,
  components: Object.entries(fields).map(([custom_id, { label, max, long }]) =>
    row({ type: 4, custom_id, label, style: long ? 2 : 1, max_length: max ?? 1500 })),
});
