-- Classes have an identity, so that a renamed class is the same class in the next cycle; and a short code for chips and charts.

alter table mt_class add column class_id uuid, add column code text;
alter table cycle_class add column class_id uuid, add column code text;

-- So far a class was known by its label: what a definition and its cycles call alike is one class.
create temporary table known as
select company_id, definition_id, label, gen_random_uuid() as class_id
from (select company_id, definition_id, label from mt_class
      union
      select k.company_id, c.definition_id, k.label
      from cycle_class k join cycle c on c.company_id = k.company_id and c.cycle_id = k.cycle_id) as called;

update mt_class m set class_id = n.class_id
from known n where n.company_id = m.company_id and n.definition_id = m.definition_id and n.label = m.label;

update cycle_class k set class_id = n.class_id
from cycle c join known n on n.company_id = c.company_id and n.definition_id = c.definition_id
where c.company_id = k.company_id and c.cycle_id = k.cycle_id and n.label = k.label;

-- The codes that the program derives from labels: the label itself where that is short, else its words' initials, or the
-- beginning of its one word; where another class has it, one like it with a number.
create function pg_temp.codes(labels text[]) returns text[] language plpgsql as $$
declare
    codes text[] := array_fill(null::text, array[cardinality(labels)]);
    words text[];
    candidate text;
begin
    for short in reverse 1..0 loop
        for at in 1..cardinality(labels) loop
            continue when (length(labels[at]) <= 4) <> (short = 1);
            words := array_remove(regexp_split_to_array(labels[at], '[[:space:]!-/:-@[-`{-~]+'), '');
            candidate := case
                when short = 1 then labels[at]
                when cardinality(words) = 0 then left(labels[at], 4)
                when cardinality(words) = 1 then left(words[1], 4)
                else (select string_agg(upper(left(word, 1)), '' order by nr)
                      from unnest(words[1:4]) with ordinality as w (word, nr))
            end;
            if candidate = any(codes) then
                candidate := (select left(candidate, 3) || n from generate_series(2, 9) as n
                              where not left(candidate, 3) || n = any(array_remove(codes, null)) order by n limit 1);
            end if;
            codes[at] := candidate;
        end loop;
    end loop;
    return codes;
end $$;

update mt_class m set code = s.codes[m.position + 1]
from (select company_id, definition_id, pg_temp.codes(array_agg(label order by position)) as codes
      from mt_class group by company_id, definition_id) s
where s.company_id = m.company_id and s.definition_id = m.definition_id;

update cycle_class k set code = s.codes[k.position + 1]
from (select company_id, cycle_id, pg_temp.codes(array_agg(label order by position)) as codes
      from cycle_class group by company_id, cycle_id) s
where s.company_id = k.company_id and s.cycle_id = k.cycle_id;

alter table mt_class
    alter column class_id set not null,
    alter column code set not null,
    add check (length(code) between 1 and 4),
    add constraint mt_class_once unique (company_id, definition_id, class_id),
    add constraint mt_class_code_once unique (company_id, definition_id, code);

alter table cycle_class
    alter column class_id set not null,
    alter column code set not null,
    add check (length(code) between 1 and 4),
    add constraint cycle_class_once unique (company_id, cycle_id, class_id);

drop function pg_temp.codes;
drop table known;
