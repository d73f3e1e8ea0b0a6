"""The official OpenAI client for Python against a gateway whose address is the first argument; prints what it got as JSON."""
import json
import sys

from openai import APIStatusError, OpenAI

client = OpenAI(base_url=sys.argv[1] + "/v1", api_key="none", max_retries=0)
messages = [{"role": "user", "content": "hi"}]
tools = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}]
got = {}

whole = client.chat.completions.create(model="m", messages=messages)
got["chat"] = [whole.choices[0].message.content, whole.choices[0].finish_reason, whole.usage.completion_tokens]

stream = client.chat.completions.create(
    model="m", messages=messages, stream=True, stream_options={"include_usage": True}
)
text, usage = "", None
for event in stream:
    text += event.choices[0].delta.content or "" if event.choices else ""
    usage = event.usage or usage
got["stream"] = [text, usage.completion_tokens]

call = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "call"}], tools=tools)
got["call"] = [call.choices[0].finish_reason, call.choices[0].message.tool_calls[0].function.arguments]

got["completion"] = client.completions.create(model="m", prompt="x", echo=True).choices[0].text
got["embedding"] = len(client.embeddings.create(model="m", input="x").data[0].embedding)
got["response"] = client.responses.create(model="m", input="hi").output_text
with client.responses.stream(model="m", input="hi") as events:
    for _ in events:
        pass
    got["streamed response"] = events.get_final_response().output_text
got["models"] = [model.id for model in client.models.list()]
try:
    client.chat.completions.create(model="gpt", messages=messages)
except APIStatusError as error:
    got["error"] = [error.status_code, error.code]
print(json.dumps(got))
