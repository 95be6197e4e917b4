"""Makes the chat fixtures: small templates with what real ones use, conversations, and the text that transformers makes of them.

usage: python parity/make_chat_fixtures.py [--output DIR]
       (DIR defaults to transformer-model/src/test/resources/parity/chat)
"""

import argparse
import json
import pathlib

from fixtures import versions  # first: it sets the environment
from tokenizers import Tokenizer, models
import transformers
from transformers import PreTrainedTokenizerFast

TEMPLATES = {
    "marks": """{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|begin|>system
Be brief.<|end|>
' }}{% endif %}{{ '<|begin|>' + message['role'] + '
' + message['content'] + '<|end|>' + '
' }}{% endfor %}{% if add_generation_prompt %}{{ '<|begin|>assistant
' }}{% endif %}""",
    "control": r"""{%- if messages[0].role == 'system' %}
    {{- '[S]' + messages[0].content | trim + '[/S]\n' }}
    {%- set turns = messages[1:] %}
{%- else %}
    {%- set turns = messages %}
{%- endif %}
{#- a comment with {{ braces }} -#}
{%- for turn in turns %}
    {%- if (turn.role == 'user') != (loop.index0 % 2 == 0) %}
        {{- raise_exception('user and assistant must take turns') }}
    {%- endif %}
    {%- if turn.role == 'user' %}
        {{- bos_token ~ '[U]' ~ turn.content.strip() ~ '[/U]' }}
    {%- elif turn['role'] == 'assistant' %}
        {{- ' ' + turn['content'] + eos_token }}
    {%- else %}
        {{- raise_exception('no role ' + turn.role) }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt and turns and turns[-1].role != 'assistant' %}
    {{- ' ' }}
{%- endif %}
""",
    "lines": """{% for m in messages %}
{% if m['role'] == 'user' %}
{{ '<u>' + m['content'] + eos_token }}
{% elif m['role'] == 'assistant' %}
    {{ '<a>' + m['content'] + eos_token }}
{% else %}
{{ m.role | upper }}: {{ m.content | length }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<a>' }}
{% endif %}
{% endfor %}
""",
    "spaces": """{% for m in messages %}the {{ m['role'] }} : {{ m['content'] }} {% endfor %} {# no line of its own #} .
  {% if add_generation_prompt %} you {% endif %}
	{# a line of its own #}
  {{ bos_token }} {% if true %}x{% endif %}
""",
    "state": r"""{%- set state = namespace(found=false, last=messages | length - 1) %}
{%- for m in messages[::-1] %}
    {%- set i = (messages|length - 1) - loop.index0 %}
    {%- if not state.found and m.role == "user" and m.content is string and not (m.content.startswith('<tool>') and m.content.endswith('</tool>')) %}
        {%- set state.found = true %}
        {%- set state.last = i %}
    {%- endif %}
{%- endfor %}
{%- for m in messages %}
    {%- if m.role == "assistant" and '</t>' in m.content %}
        {%- set thought = m.content.split('</t>')[0].rstrip('\n').split('<t>')[-1].lstrip('\n') %}
        {%- set rest = m.content.split('</t>')[-1].lstrip('\n') %}
        {{- '<a ' + state.last | string + '>' }}
        {%- if loop.index0 > state.last %}
            {{- '(' + thought.strip('\n') + ')' }}
        {%- endif %}
        {{- rest + '</a>\n' }}
    {%- else %}
        {{- '<' + m.role + '>' + m.content + '</' + m.role[0] + '>\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<assistant>' }}
    {%- if thinking is defined and thinking is false %}
        {{- 'never' }}
    {%- endif %}
{%- endif %}""",
    "defaults": r"""{{- bos_token }}
{%- if not day is defined %}
    {%- set day = "1 May" %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}
{%- if strftime_now is defined %}{{ 'now' if false else '' }}{% endif %}
{%- macro turn(role, text='', close=true) -%}
<{{ role }}>{{ text | trim }}{% if close %}</>{% endif %}
{%- endmacro %}
{{- turn('day', day) }}
{%- if tools is not none %}{{ raise_exception('tools') }}{% endif %}
{%- set users = messages | selectattr('role', 'equalto', 'user') | list %}
{{- turn('users', users | length | string) }}
{%- for m in messages %}
    {%- if not (m.role == 'system' or m.role == 'tool' or 'calls' in m) %}
        {{- turn(m.role, m.content) }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ turn('assistant', close=false) }}{% endif %}
""",
    "generation": """{% for m in messages %}{% if m.role == 'assistant' %}{{ '<a>' }}{% generation %}{{ m.content + eos_token }}{% endgeneration %}{{ '
' }}{% else %}{{ '<' + m.role + '>' + m.content + '
' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<a>' }}{% endif %}""",
}

CONVERSATIONS = [
    [("user", 'Hi <b>there</b> & "you"')],
    [("system", " Be 'nice'. "), ("user", "Hi\n\n- there  "), ("assistant", "<t>\nhm\n</t>\n\nHello é湖🚤"), ("user", "More?\n")],
    [("user", "a"), ("assistant", " b "), ("user", "c"), ("assistant", "<t>x</t>d")],
    [("user", "a"), ("user", "b {{ x }} {% y")],
    [("user", "<tool>1</tool>"), ("assistant", "{{ bos_token }}"), ("user", "<tool>2</tool>")],
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    here = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--output", type=pathlib.Path, default=here / "transformer-model/src/test/resources/parity/chat")
    output = parser.parse_args().output
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel({"a": 0}, "a")), bos_token="<s>", eos_token="</s>")
    cases = []
    for name, template in TEMPLATES.items():
        for turns in CONVERSATIONS:
            messages = [{"role": role, "content": content} for role, content in turns]
            for prompt in (True, False):
                case = {"template": name, "messages": messages, "prompt": prompt}
                try:
                    case["text"] = tokenizer.apply_chat_template(
                        messages, chat_template=template, tokenize=False, add_generation_prompt=prompt
                    )
                except Exception as error:  # what a template raises
                    case["error"] = str(error)
                cases.append(case)
    output.mkdir(parents=True, exist_ok=True)
    content = {"versions": versions(transformers), "templates": TEMPLATES, "cases": cases}
    (output / "expected.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
