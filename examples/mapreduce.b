implement Mapreduce;

# mapreduce: summarise a text of any length with a model of a short context.
#
#	llamboctl run -c tiny examples/mapreduce.b <book.txt
#
# The text is cut at ends of lines into pieces that fit. All pieces are summarised at the same time, a process each; the
# summaries, put together, are the next text, until one piece is left.

include "sys.m";
	sys: Sys;
include "draw.m";
include "llama.m";
	llama: Llama;

Mapreduce: module
{
	init:	fn(ctxt: ref Draw->Context, argv: list of string);
};

Piece:	con 2000;		# characters of one piece
Words:	con 60;			# tokens of one summary
Rounds:	con 8;

init(nil: ref Draw->Context, nil: list of string)
{
	sys = load Sys Sys->PATH;
	llama = load Llama Llama->PATH;
	if(llama == nil)
		raise "fail:cannot load " + Llama->PATH;
	llama->init();

	text := input();
	if(text == nil)
		raise "fail:nothing to summarise";
	for(round := 0; round < Rounds; round++){
		pieces := cut(text);
		sys->fprint(sys->fildes(2), "round %d: %d pieces\n", round + 1, len pieces);
		text = summaries(pieces);
		if(len pieces == 1)
			break;
	}
	sys->print("%s\n", text);
}

# The summaries of the pieces, in their order.
summaries(pieces: array of string): string
{
	done := chan of (int, string, string);
	for(i := 0; i < len pieces; i++)
		spawn summary(i, pieces[i], done);
	answers := array[len pieces] of string;
	for(i = 0; i < len pieces; i++){
		(at, answer, err) := <-done;
		if(err != nil)
			raise "fail:" + err;
		answers[at] = answer;
	}
	text := answers[0];
	for(i = 1; i < len answers; i++)
		text += "\n" + answers[i];
	return text;
}

summary(at: int, piece: string, done: chan of (int, string, string))
{
	(answer, err) := llama->ask(sys->sprint("temperature=0 max_tokens=%d\nsystem=%s\nuser=%s\n", Words,
		llama->quote("Summarise the text in one or two plain sentences."), llama->quote(piece)));
	done <-= (at, answer, err);
}

# Pieces of whole lines where lines are short enough.
cut(text: string): array of string
{
	pieces: list of string;
	while(len text > Piece){
		end := Piece;
		while(end > Piece / 2 && text[end - 1] != '\n')
			end--;
		if(text[end - 1] != '\n')
			end = Piece;
		pieces = text[0:end] :: pieces;
		text = text[end:];
	}
	pieces = text :: pieces;
	a := array[len pieces] of string;
	for(i := len a - 1; i >= 0; i--){
		a[i] = hd pieces;
		pieces = tl pieces;
	}
	return a;
}

input(): string
{
	bytes := array[0] of byte;
	buf := array[Sys->ATOMICIO] of byte;
	while((n := sys->read(sys->fildes(0), buf, len buf)) > 0){
		more := array[len bytes + n] of byte;
		more[0:] = bytes;
		more[len bytes:] = buf[0:n];
		bytes = more;
	}
	return string bytes;
}
