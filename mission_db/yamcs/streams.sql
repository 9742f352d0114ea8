insert into tm_reports select * from tm_dump where extract_short(packet, 7) >= 256 and extract_short(packet, 7) < 512
