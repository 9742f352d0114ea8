create table if not exists received(ordinal long auto_increment, gentime timestamp, seqNum int, rectime timestamp, pname enum, packet binary, primary key(ordinal))
create stream reception as select gentime, seqNum, rectime, pname, packet from xtce_tm_recorder_stream
insert into received select * from reception
