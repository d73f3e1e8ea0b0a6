#0
	bltw	32(fp),36(fp),$7
	new	$4,52(fp)
	movp	60(mp),0(52(fp))
	movw	$0,4(52(fp))
	movw	40(fp),8(52(fp))
	movw	44(fp),12(52(fp))
	raise	52(fp)
	frame	$14,56(fp)
	addw	$1,32(fp),32(56(fp))
	movw	36(fp),36(56(fp))
#10
	movw	40(fp),40(56(fp))
	movw	44(fp),44(56(fp))
	call	56(fp),$0
	ret	
	movm	8(48(fp)),$8,60(fp)
	movw	60(fp),40(fp)
	movw	64(fp),44(fp)
	addw	44(fp),40(fp)
	subw	44(fp),40(fp),44(fp)
	new	$4,52(fp)
#20
	movp	60(mp),0(52(fp))
	movw	$0,4(52(fp))
	movw	40(fp),8(52(fp))
	movw	44(fp),12(52(fp))
	raise	52(fp)
	frame	$14,44(fp)
	movw	$1,32(44(fp))
	movw	32(fp),36(44(fp))
	movw	$1,40(44(fp))
	movw	$1,44(44(fp))
#30
	call	44(fp),$0
	jmp	$47
	movm	8(36(fp)),$8,52(fp)
	movw	52(fp),40(fp)
	movw	40(fp),0(16(fp))
	ret	
	frame	$7,48(fp)
	movp	140(mp),32(48(fp))
	movp	36(fp),36(48(fp))
	lea	44(fp),16(48(fp))
#40
	mcall	48(fp),$0,132(mp)
	jmp	$47
	frame	$6,44(fp)
	movp	136(mp),32(44(fp))
	lea	48(fp),16(44(fp))
	mcall	44(fp),$0,132(mp)
	jmp	$47
	movw	$0,0(16(fp))
	ret	
	bltw	32(fp),$0,$74
#50
	bgtw	32(fp),$6,$74
	goto	32(fp),24(mp)
	raise	104(mp)
	raise	112(mp)
	new	$2,40(fp)
	movp	56(mp),0(40(fp))
	movw	$0,4(40(fp))
	raise	40(fp)
	new	$3,40(fp)
	movp	64(mp),0(40(fp))
#60
	movw	$0,4(40(fp))
	movp	144(mp),8(40(fp))
	raise	40(fp)
	newa	$1,$1,36(fp)
	indw	36(fp),44(fp),32(fp)
	movw	$1,0(44(fp))
	movp	96(mp),36(fp)
	ret	
	headw	48(fp),32(fp)
	movp	96(mp),48(fp)
#70
	ret	
	subw	$6,32(fp),44(fp)
	divw	44(fp),32(fp)
	ret	
	ret	
	movp	128(mp),36(fp)
	cvtwc	32(fp),48(fp)
	addc	48(fp),84(mp),44(fp)
	movp	96(mp),48(fp)
	frame	$9,52(fp)
#80
	movw	32(fp),32(52(fp))
	call	52(fp),$49
	movp	44(fp),36(fp)
	movp	96(mp),44(fp)
	jmp	$101
	addc	40(fp),72(mp),36(fp)
	jmp	$101
	lenc	40(fp),52(fp)
	movp	40(fp),48(fp)
	slicec	$7,52(fp),48(fp)
#90
	addc	48(fp),108(mp),36(fp)
	movp	96(mp),48(fp)
	jmp	$101
	movp	76(mp),36(fp)
	jmp	$101
	addc	8(40(fp)),92(mp),36(fp)
	jmp	$101
	movp	116(mp),36(fp)
	jmp	$101
	movp	100(mp),36(fp)
#100
	jmp	$101
	movp	36(fp),0(16(fp))
	ret	
	raise	80(mp)
	raise	36(fp)
	addc	32(fp),68(mp),0(16(fp))
	ret	
	movw	$0,32(fp)
	blew	$3,32(fp),$128
	bnew	$1,32(fp),$111
#110
	raise	120(mp)
	cvtwc	32(fp),44(fp)
	addc	44(fp),148(mp),36(fp)
	movp	96(mp),44(fp)
	frame	$7,52(fp)
	movp	16(mp),32(52(fp))
	movp	36(fp),36(52(fp))
	lea	48(fp),16(52(fp))
	mcall	52(fp),$0,132(mp)
	movp	96(mp),36(fp)
#120
	jmp	$126
	frame	$6,48(fp)
	movp	124(mp),32(48(fp))
	lea	52(fp),16(48(fp))
	mcall	48(fp),$0,132(mp)
	jmp	$126
	addw	$1,32(fp)
	jmp	$108
	frame	$6,48(fp)
	movp	0(mp),32(48(fp))
#130
	lea	52(fp),16(48(fp))
	mcall	48(fp),$0,132(mp)
	movw	$1,0(16(fp))
	ret	
	load	4(mp),$0,132(mp)
	movw	$0,40(fp)
	blew	$8,40(fp),$148
	frame	$12,56(fp)
	movw	40(fp),32(56(fp))
	lea	52(fp),16(56(fp))
#140
	call	56(fp),$25
	frame	$6,48(fp)
	movp	8(mp),32(48(fp))
	movw	52(fp),36(48(fp))
	lea	44(fp),16(48(fp))
	mcall	48(fp),$0,132(mp)
	addw	$1,40(fp)
	jmp	$136
	frame	$6,52(fp)
	movp	0(mp),32(52(fp))
#150
	lea	56(fp),16(52(fp))
	mcall	52(fp),$0,132(mp)
	movw	$0,40(fp)
	blew	$7,40(fp),$166
	frame	$11,48(fp)
	movw	40(fp),32(48(fp))
	lea	60(fp),16(48(fp))
	call	48(fp),$75
	frame	$7,52(fp)
	movp	12(mp),32(52(fp))
#160
	movp	60(fp),36(52(fp))
	movp	96(mp),60(fp)
	lea	56(fp),16(52(fp))
	mcall	52(fp),$0,132(mp)
	addw	$1,40(fp)
	jmp	$153
	frame	$11,48(fp)
	movw	$9,32(48(fp))
	lea	60(fp),16(48(fp))
	call	48(fp),$75
#170
	frame	$7,52(fp)
	movp	12(mp),32(52(fp))
	movp	60(fp),36(52(fp))
	movp	96(mp),60(fp)
	lea	56(fp),16(52(fp))
	mcall	52(fp),$0,132(mp)
	frame	$7,48(fp)
	lea	60(fp),16(48(fp))
	call	48(fp),$103
	frame	$7,52(fp)
#180
	movp	12(mp),32(52(fp))
	movp	60(fp),36(52(fp))
	movp	96(mp),60(fp)
	lea	56(fp),16(52(fp))
	mcall	52(fp),$0,132(mp)
	frame	$10,52(fp)
	lea	56(fp),16(52(fp))
	call	52(fp),$107
	ret	
	entry	134, 13
	desc	$0,152,"f803fffffc"
	desc	$1,4,""
	desc	$2,8,"80"
	desc	$3,12,"a0"
	desc	$4,16,"80"
	desc	$5,40,"0040"
	desc	$6,40,"0080"
	desc	$7,40,"00c0"
	desc	$8,48,"0010"
	desc	$9,56,"0068"
	desc	$10,56,"0070"
	desc	$11,56,"0078"
	desc	$12,64,"0040"
	desc	$13,64,"00c1"
	desc	$14,72,"000c"
	var	@mp,152
	string	@mp+0,"\n"
	string	@mp+4,"$Sys"
	string	@mp+8,"%d "
	string	@mp+12,"%s\n"
	string	@mp+16,"%s "
	word	@mp+20,8,52,53,54,58,63,68,71,74
	string	@mp+56,"Exceptions.0.Empty"
	string	@mp+60,"Exceptions.0.FIB"
	string	@mp+64,"Exceptions.0.Named"
	string	@mp+68,"again "
	string	@mp+72,"caught "
	string	@mp+76,"empty"
	string	@mp+80,"inner"
	string	@mp+84,"local"
	string	@mp+88,"lost"
	string	@mp+92,"named "
	string	@mp+100,"other"
	string	@mp+104,"plain"
	string	@mp+108,"prefix "
	string	@mp+112,"prefix:rest"
	string	@mp+116,"runtime"
	string	@mp+120,"skip"
	string	@mp+124,"skipped "
	string	@mp+128,"start"
	string	@mp+136,"unexpected\n"
	string	@mp+140,"unexpected %s\n"
	string	@mp+144,"value"
	string	@mp+148,"x"
	module	Exceptions
	link	13,134,0x4244b354,"init"
	ldts	@ldt,1
	word	@ldt+0,1
	ext	@ldt+4,0xac849033,"print"
	exceptions	6
	exception	7, 13, 48, -1, 1, 1
	exctab	"Exceptions.0.FIB", 14
	exctab	*, -1
	exception	25, 31, 36, -1, 2, 1
	exctab	"Exceptions.0.FIB", 32
	exctab	"*", 36
	exctab	*, 42
	exception	76, 84, 40, 8, 7, 2
	exctab	"Exceptions.0.Empty", 93
	exctab	"Exceptions.0.Named", 95
	exctab	"array bounds error", 97
	exctab	"dereference of nil", 97
	exctab	"plain", 85
	exctab	"prefix:*", 87
	exctab	"*", 99
	exctab	*, -1
	exception	103, 104, 36, -1, 1, 0
	exctab	"inner", 104
	exctab	*, -1
	exception	103, 105, 32, -1, 1, 0
	exctab	"in*", 105
	exctab	*, -1
	exception	109, 120, 40, 5, 1, 0
	exctab	"skip", 121
	exctab	*, -1
	source	"exceptions.b"
