-- Texts that look the same are the same (NFC), also those kept before they were brought into one form on their way in. Where two of
-- one company become one this stops, and nothing is changed: which of them stays is for somebody who knows them.

update account set email = normalize(email, nfc) where email is not nfc normalized;
update account set name = normalize(name, nfc) where name is not nfc normalized;
update company set name = normalize(name, nfc) where name is not nfc normalized;
update region set code = normalize(code, nfc), name = normalize(name, nfc)
where code is not nfc normalized or name is not nfc normalized;
update specialty set name = normalize(name, nfc) where name is not nfc normalized;
update product set name = normalize(name, nfc) where name is not nfc normalized;
update measure set name = normalize(name, nfc) where name is not nfc normalized;
update contact set external_id = normalize(external_id, nfc), name = normalize(name, nfc)
where external_id is not nfc normalized or name is not nfc normalized;
update contact set tags = array(select distinct normalize(tag, nfc) from unnest(tags) tag order by 1)
where array_to_string(tags, '') is not nfc normalized;
update mt_class set label = normalize(label, nfc), code = normalize(code, nfc)
where label is not nfc normalized or code is not nfc normalized;
update cycle_class set label = normalize(label, nfc), code = normalize(code, nfc)
where label is not nfc normalized or code is not nfc normalized;
update cycle set name = normalize(name, nfc) where name is not nfc normalized;
update general_classification set class_label = normalize(class_label, nfc) where class_label is not nfc normalized;
