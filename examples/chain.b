implement Chain;

# chain: one model drafts, another improves.
#
#	llamboctl run -w worker-0001 --mount /n/llambo:/n/cluster examples/chain.b /n/cluster/worker-0202/data 'What is AI?'
#
# The draft comes from the model beside which this program runs. The second model is a file like any other: a node's data
# in a tree that was mounted here.

include "sys.m";
	sys: Sys;
include "draw.m";
include "llama.m";
	llama: Llama;

Chain: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

init(nil: ref Draw->Context, argv: list of string)
{
	sys = load Sys Sys->PATH;
	llama = load Llama Llama->PATH;
	if(llama == nil)
		raise "fail:cannot load " + Llama->PATH;
	llama->init();
	if(len argv != 3)
		raise "fail:usage: chain DATAFILE QUESTION";
	second := hd tl argv;
	question := hd tl tl argv;

	(draft, err) := llama->ask("temperature=0 max_tokens=120\nuser=" + llama->quote(question) + "\n");
	if(err != nil)
		raise "fail:draft: " + err;
	sys->fprint(sys->fildes(2), "draft: %s\n", draft);

	answer: string;
	(answer, err) = llama->askfile(second, "temperature=0 max_tokens=120\nuser=" +
		llama->quote("Question: " + question + "\nDraft of an answer: " + draft + "\nWrite a better answer.") + "\n");
	if(err != nil)
		raise "fail:second model: " + err;
	sys->print("%s\n", answer);
}
