implement Extract;

# extract: facts of a text as JSON, asked for again until it is right.
#
#	echo 'Ada Lovelace was born in 1815.' | llamboctl run -c medium examples/extract.b name year
#
# The answer is parsed here. When it is no JSON, or a member is missing, the model is shown its answer and told what was
# wrong with it, in the same chat.

include "sys.m";
	sys: Sys;
include "draw.m";
include "bufio.m";
	bufio: Bufio;
include "json.m";
	json: JSON;
	JValue: import json;
include "llama.m";
	llama: Llama;

Extract: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Tries:	con 3;

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	bufio = load Bufio Bufio->PATH;
	json = load JSON JSON->PATH;
	llama = load Llama Llama->PATH;
	if(bufio == nil || json == nil || llama == nil)
		raise "fail:cannot load a module of /dis/lib";
	json->init(bufio);
	llama->init();
	members := tl argv;
	if(members == nil)
		raise "fail:usage: extract MEMBER ... <text";

	names: string;
	for(l := members; l != nil; l = tl l)
		names += " \"" + hd l + "\"";
	buf := array[64 * 1024] of byte;
	have := 0;
	while(have < len buf && (n := sys->read(sys->fildes(0), buf[have:], len buf - have)) > 0)
		have += n;

	chat := "system=" + llama->quote("Answer with one JSON object and nothing else. Its members:" + names + ".") +
		"\nuser=" + llama->quote(string buf[0:have]) + "\n";
	for(i := 0; i < Tries; i++){
		(answer, err) := llama->ask("temperature=0 max_tokens=200\n" + chat);
		if(err != nil)
			raise "fail:" + err;
		(value, wrong) := check(answer, members);
		if(wrong == nil){
			sys->print("%s\n", value.text());
			return;
		}
		sys->fprint(sys->fildes(2), "try %d: %s\n", i + 1, wrong);
		chat += "assistant=" + llama->quote(answer) + "\nuser=" + llama->quote("That was wrong: " + wrong +
			". Answer with the JSON object alone.") + "\n";
	}
	raise "fail:no answer was right";
}

# The value of an answer, or what is wrong with it. Words around the object are forgiven.
check(answer: string, members: list of string): (ref JValue, string)
{
	for(from := 0; from < len answer && answer[from] != '{'; from++)
		;
	for(end := len answer; end > from && answer[end - 1] != '}'; end--)
		;
	if(end <= from)
		return (nil, "there is no JSON object in it");
	(value, err) := json->readjson(bufio->sopen(answer[from:end]));
	if(value == nil)
		return (nil, "it is no JSON: " + err);
	if(!value.isobject())
		return (nil, "it is no JSON object");
	for(; members != nil; members = tl members)
		if(value.get(hd members) == nil)
			return (nil, "member \"" + hd members + "\" is missing");
	return (value, nil);
}
