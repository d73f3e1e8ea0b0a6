#0
	movw	$0,40(fp)
	bgew	40(fp),36(fp),$5
	send	40(fp),32(fp)
	addw	$1,40(fp)
	jmp	$1
	send	$-1,32(fp)
	ret	
	recv	32(fp),40(fp)
	movw	40(fp),44(fp)
	bltw	44(fp),$0,$13
#10
	mulw	$2,40(fp),44(fp)
	send	44(fp),36(fp)
	jmp	$7
	send	$-1,36(fp)
	ret	
	movp	116(mp),36(fp)
	movw	$7,40(fp)
	send	36(fp),32(fp)
	movp	104(mp),36(fp)
	movp	92(mp),36(fp)
#20
	movw	$8,40(fp)
	send	36(fp),32(fp)
	movp	104(mp),36(fp)
	ret	
	send	36(fp),32(fp)
	ret	
	load	4(mp),$0,124(mp)
	newcw	$0,60(fp)
	newcw	$0,64(fp)
	frame	$5,112(fp)
#30
	movp	60(fp),32(112(fp))
	movw	$4,36(112(fp))
	spawn	112(fp),$0
	frame	$6,112(fp)
	movp	60(fp),32(112(fp))
	movp	64(fp),36(112(fp))
	spawn	112(fp),$7
	recv	64(fp),76(fp)
	blew	$0,76(fp),$40
	jmp	$46
#40
	frame	$3,116(fp)
	movp	8(mp),32(116(fp))
	movw	76(fp),36(116(fp))
	lea	112(fp),16(116(fp))
	mcall	116(fp),$0,124(mp)
	jmp	$37
	frame	$3,112(fp)
	movp	0(mp),32(112(fp))
	lea	116(fp),16(112(fp))
	mcall	112(fp),$0,124(mp)
#50
	newcmp	$2,$0,48(fp)
	frame	$6,116(fp)
	movp	48(fp),32(116(fp))
	spawn	116(fp),$15
	recv	48(fp),96(fp)
	frame	$6,112(fp)
	movp	24(mp),32(112(fp))
	movp	96(fp),36(112(fp))
	movw	100(fp),40(112(fp))
	lea	116(fp),16(112(fp))
#60
	mcall	112(fp),$0,124(mp)
	recv	48(fp),124(fp)
	frame	$6,112(fp)
	movp	24(mp),32(112(fp))
	movp	124(fp),36(112(fp))
	movw	128(fp),40(112(fp))
	lea	116(fp),16(112(fp))
	mcall	112(fp),$0,124(mp)
	newcp	$2,40(fp)
	send	112(mp),40(fp)
#70
	send	132(mp),40(fp)
	movw	40(fp),140(fp)
	lea	128(mp),144(fp)
	movw	$1,132(fp)
	movw	$0,136(fp)
	nbalt	132(fp),116(fp)
	goto	116(fp),52(mp)
	frame	$3,112(fp)
	movp	120(mp),32(112(fp))
	lea	116(fp),16(112(fp))
#80
	mcall	112(fp),$0,124(mp)
	jmp	$87
	frame	$3,112(fp)
	movp	100(mp),32(112(fp))
	lea	116(fp),16(112(fp))
	mcall	112(fp),$0,124(mp)
	jmp	$87
	frame	$7,112(fp)
	movp	28(mp),32(112(fp))
	recv	40(fp),36(112(fp))
#90
	recv	40(fp),40(112(fp))
	lea	116(fp),16(112(fp))
	mcall	112(fp),$0,124(mp)
	newcp	$0,52(fp)
	newcw	$0,56(fp)
	frame	$4,116(fp)
	movp	52(fp),32(116(fp))
	movp	96(mp),36(116(fp))
	spawn	116(fp),$24
	movw	$0,76(fp)
#100
	newcw	$0,80(fp)
	frame	$6,116(fp)
	movp	56(fp),32(116(fp))
	movp	80(fp),36(116(fp))
	spawn	116(fp),$189
	blew	$3,76(fp),$128
	movw	52(fp),164(fp)
	lea	92(fp),168(fp)
	movw	56(fp),156(fp)
	lea	$10,160(fp)
#110
	movw	80(fp),172(fp)
	lea	112(fp),176(fp)
	movw	$1,148(fp)
	movw	$2,152(fp)
	alt	148(fp),116(fp)
	goto	116(fp),64(mp)
	addw	$1,76(fp)
	frame	$4,112(fp)
	movp	20(mp),32(112(fp))
	movp	92(fp),36(112(fp))
#120
	lea	116(fp),16(112(fp))
	mcall	112(fp),$0,124(mp)
	movp	104(mp),92(fp)
	jmp	$105
	addw	$1,76(fp)
	jmp	$105
	addw	$1,76(fp)
	jmp	$105
	newa	$3,$1,44(fp)
	lena	44(fp),116(fp)
#130
	beqw	$0,116(fp),$136
	subw	$1,116(fp)
	newcw	$1,120(fp)
	indw	44(fp),112(fp),116(fp)
	movp	120(fp),0(112(fp))
	jmp	$130
	indw	44(fp),116(fp),$1
	send	$42,0(116(fp))
	movw	44(fp),140(fp)
	lea	104(fp),144(fp)
#140
	movw	$0,132(fp)
	movw	$1,136(fp)
	alt	132(fp),116(fp)
	frame	$5,112(fp)
	movp	12(mp),32(112(fp))
	movw	104(fp),36(112(fp))
	movw	108(fp),40(112(fp))
	lea	116(fp),16(112(fp))
	mcall	112(fp),$0,124(mp)
	indw	44(fp),116(fp),$2
#150
	send	$5,0(116(fp))
	movw	44(fp),156(fp)
	lea	180(fp),160(fp)
	movw	52(fp),164(fp)
	lea	120(fp),168(fp)
	movw	56(fp),172(fp)
	lea	112(fp),176(fp)
	movw	$0,148(fp)
	movw	$3,152(fp)
	alt	148(fp),116(fp)
#160
	goto	116(fp),80(mp)
	movm	180(fp),$8,84(fp)
	frame	$5,112(fp)
	movp	12(mp),32(112(fp))
	movw	84(fp),36(112(fp))
	movw	88(fp),40(112(fp))
	lea	116(fp),16(112(fp))
	mcall	112(fp),$0,124(mp)
	jmp	$176
	movp	104(mp),120(fp)
#170
	jmp	$171
	frame	$3,112(fp)
	movp	108(mp),32(112(fp))
	lea	116(fp),16(112(fp))
	mcall	112(fp),$0,124(mp)
	jmp	$176
	newcf	$0,72(fp)
	newcl	$0,68(fp)
	frame	$4,116(fp)
	movp	72(fp),32(116(fp))
#180
	movp	68(fp),36(116(fp))
	spawn	116(fp),$192
	frame	$8,112(fp)
	movp	16(mp),32(112(fp))
	recv	72(fp),40(112(fp))
	recv	68(fp),48(112(fp))
	lea	116(fp),16(112(fp))
	mcall	112(fp),$0,124(mp)
	ret	
	recv	32(fp),40(fp)
#190
	send	$1,36(fp)
	ret	
	send	40(mp),32(fp)
	send	32(mp),36(fp)
	ret	
	entry	26, 9
	desc	$0,136,"ff0001ffc0"
	desc	$1,4,"80"
	desc	$2,8,"80"
	desc	$3,40,"0080"
	desc	$4,40,"00c0"
	desc	$5,48,"0080"
	desc	$6,48,"00c0"
	desc	$7,48,"00e0"
	desc	$8,56,"0080"
	desc	$9,192,"00ffe983"
	var	@mp,136
	string	@mp+0,"\n"
	string	@mp+4,"$Sys"
	string	@mp+8,"%d "
	string	@mp+12,"%d %d\n"
	string	@mp+16,"%g %bd\n"
	string	@mp+20,"%s\n"
	string	@mp+24,"%s %d\n"
	string	@mp+28,"%s %s\n"
	long	@mp+32,34359738368 # 0000000800000000
	real	@mp+40,2.5 # 4004000000000000
	word	@mp+48,2,77,82
	word	@mp+60,3,124,116,126
	word	@mp+76,3,161,169,171
	string	@mp+92,"again"
	string	@mp+96,"from x"
	string	@mp+100,"full\n"
	string	@mp+108,"no\n"
	string	@mp+112,"one"
	string	@mp+116,"pair"
	string	@mp+120,"sent\n"
	string	@mp+128,"three"
	string	@mp+132,"two"
	module	Channels
	link	9,26,0x4244b354,"init"
	ldts	@ldt,1
	word	@ldt+0,1
	ext	@ldt+4,0xac849033,"print"
	source	"channels.b"
