implement Judge;

# judge: which of these answers does the model hold most likely?
#
#	llamboctl run -c tiny examples/judge.b 'The capital of France is' ' Paris' ' Rome' ' a cow'
#
# Nothing is generated: the engine tells the log-probability of each option behind the question (op=score). A long option
# has more tokens to be wrong about, so options are compared by log-probability a byte.

include "sys.m";
	sys: Sys;
include "draw.m";
include "llama.m";
	llama: Llama;

Judge: module
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
	if(len argv < 4)
		raise "fail:usage: judge QUESTION OPTION OPTION ...";
	question := hd tl argv;
	options := tl tl argv;

	request := "op=score raw=1 output=records\n";
	for(l := options; l != nil; l = tl l)
		request += "option=" + llama->quote(hd l) + "\n";
	(answer, err) := llama->ask(request + "\n" + question);
	if(err != nil)
		raise "fail:" + err;

	best: string;
	most := 0.0;
	(nil, lines) := sys->tokenize(answer, "\n");
	for(; lines != nil && options != nil; lines = tl lines){
		(n, words) := sys->tokenize(hd lines, " ");
		if(n != 4 || hd words != "score")
			continue;
		logprob := real hd tl words;
		bytes := real hd tl tl tl words;
		score := logprob / bytes;
		sys->print("%8.3f %s\n", score, hd options);
		if(best == nil || score > most){
			best = hd options;
			most = score;
		}
		options = tl options;
	}
	if(options != nil)
		raise "fail:the engine did not score all options";
	sys->print("best:%s\n", best);
}
