// The suite's plugin as native code, and what no golden test asks of JSON.
#include "shardhost_test.h"

#define EXPECT(condition) \
	if (!(condition)) return fprintf(stderr, "main_test.c:%d: %s\n", __LINE__, #condition), test_done(false)

static shard_json json(const char *text) { return (shard_json){text, (uint32_t)strlen(text)}; }

int main(void) {
	EXPECT(test_start("{\"a\":{\"b\":[1]}}") == 0);
	EXPECT(shard_int(shard_get(shard_config("a.b"), "x")) == 0 && shard_len(shard_config("a.b")) == 1);

	EXPECT(test_event("MESSAGE_CREATE", "{\"id\":\"7\",\"channel_id\":\"5\",\"content\":\"!echo \\u00e9 \\\\\"}") == 0);
	EXPECT(test_count == 1 && strstr(test_requests[0], "\"content\":\"\xc3\xa9 \\\\\""));
	EXPECT(test_event("MESSAGE_CREATE", "{\"content\":\"!fail too bad\"}") < 0 && strstr(test_failure, "on_message at main.c:") && strstr(test_failure, "too bad"));
	EXPECT(test_event("MESSAGE_CREATE", "{\"channel_id\":\"5\",\"content\":\"!remind 5 tea\"}") == 0 && test_fire() == 0);
	EXPECT(test_count == 2 && strstr(test_requests[1], "tea") && test_find("failed", 6) >= 0);
	EXPECT(test_answer(200, "topic\n{\"id\":\"7\",\"channel_id\":\"5\"}", "{\"topic\":\"x\"}") == 0 && strstr(test_requests[2], "Topic: x"));

	shard_json odd = json(" {\"a\\u0062c\" : {\"d\":-12, \"e\":\"18446744073709551615\", \"f\": 1.5e2}, \"z\":[{},[\"]\"],null] } ");
	EXPECT(shard_int(shard_get(odd, "abc.d")) == -12 && shard_id(shard_get(odd, "abc.e")) == UINT64_MAX);
	EXPECT(shard_float(shard_get(odd, "abc.f")) == 150 && shard_int(shard_get(odd, "abc.e")) == 0);
	EXPECT(shard_len(shard_get(odd, "z")) == 3 && shard_len(odd) == 2 && !shard_exists(shard_get(odd, "z.a")));
	EXPECT(shard_equal(shard_format("%q %f %D %U %c%%", "a\"\n\x01\xff", -2.25, INT64_MIN, UINT64_MAX, 'x'),
		SHARD_TEXT("\"a\\\"\\n\\u0001\xef\xbf\xbd\" -2.25 -9223372036854775808 18446744073709551615 x%")));

	// No text makes it read beyond its end: a sanitizer would say so.
	const char *whole = "{\"a\":{\"b\\\\\":[1,{\"c\":\"x\\\"\\ud83d\\ude00\"}]},\"d\":[[[[{}]]]],\"e\":\"\\u00\",\"f\":\"0123456789012345678901234567890123456789\"}";
	for (size_t n = 0; n <= strlen(whole); n++) {
		char *cut = malloc(n ? n : 1);
		memcpy(cut, whole, n);
		shard_json j = {cut, (uint32_t)n};
		static const char *const paths[] = {"a", "a.b\\", "d", "e", "f", "none"};
		for (int i = 0; i < 6; i++) shard_string(shard_get(j, paths[i])), shard_len(shard_get(j, paths[i])), shard_float(shard_get(j, paths[i]));
		free(cut);
	}
	return test_done(true);
}
