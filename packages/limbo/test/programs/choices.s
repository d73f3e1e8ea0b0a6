#0
	bltw	32(fp),$0,$9
	bgtw	32(fp),$5,$9
	goto	32(fp),304(mp)
	movp	416(mp),0(16(fp))
	ret	
	movp	372(mp),0(16(fp))
	ret	
	movp	404(mp),0(16(fp))
	ret	
	movp	380(mp),0(16(fp))
#10
	ret	
	movw	$0,36(fp)
	subw	$10,32(fp),40(fp)
	bltw	40(fp),$0,$24
	bgtw	40(fp),$4,$24
	goto	40(fp),336(mp)
	movw	$1,36(fp)
	jmp	$24
	movw	$2,36(fp)
	jmp	$24
#20
	movw	$3,36(fp)
	jmp	$24
	movw	$4,36(fp)
	jmp	$24
	movw	36(fp),0(16(fp))
	ret	
	case	32(fp),64(mp)
	movw	$1,0(16(fp))
	ret	
	movw	$2,0(16(fp))
#30
	ret	
	movw	$3,0(16(fp))
	ret	
	movw	$4,0(16(fp))
	ret	
	movw	$0,0(16(fp))
	ret	
	casec	32(fp),120(mp)
	movw	$1,0(16(fp))
	ret	
#40
	movw	$2,0(16(fp))
	ret	
	movw	$3,0(16(fp))
	ret	
	movw	$0,0(16(fp))
	ret	
	casel	32(fp),176(mp)
	movp	396(mp),0(16(fp))
	ret	
	movp	412(mp),0(16(fp))
#50
	ret	
	movp	384(mp),0(16(fp))
	ret	
	movp	404(mp),0(16(fp))
	ret	
	load	4(mp),$0,408(mp)
	movw	$-1,40(fp)
	blew	$8,40(fp),$70
	frame	$1,92(fp)
	movw	40(fp),32(92(fp))
#60
	lea	88(fp),16(92(fp))
	call	92(fp),$0
	frame	$3,84(fp)
	movp	24(mp),32(84(fp))
	movp	88(fp),36(84(fp))
	movp	392(mp),88(fp)
	lea	68(fp),16(84(fp))
	mcall	84(fp),$0,408(mp)
	addw	$1,40(fp)
	jmp	$57
#70
	frame	$2,84(fp)
	movp	0(mp),32(84(fp))
	lea	92(fp),16(84(fp))
	mcall	84(fp),$0,408(mp)
	movw	$9,40(fp)
	blew	$16,40(fp),$87
	frame	$4,96(fp)
	movw	40(fp),32(96(fp))
	lea	68(fp),16(96(fp))
	call	96(fp),$11
#80
	frame	$2,84(fp)
	movp	12(mp),32(84(fp))
	movw	68(fp),36(84(fp))
	lea	92(fp),16(84(fp))
	mcall	84(fp),$0,408(mp)
	addw	$1,40(fp)
	jmp	$75
	frame	$1,68(fp)
	movw	$-1000,32(68(fp))
	lea	84(fp),16(68(fp))
#90
	call	68(fp),$26
	frame	$1,100(fp)
	movw	$7,32(100(fp))
	lea	68(fp),16(100(fp))
	call	100(fp),$26
	frame	$1,104(fp)
	movw	360(mp),32(104(fp))
	lea	100(fp),16(104(fp))
	call	104(fp),$26
	frame	$1,108(fp)
#100
	movw	$113,32(108(fp))
	lea	104(fp),16(108(fp))
	call	108(fp),$26
	frame	$1,112(fp)
	movw	$8,32(112(fp))
	lea	108(fp),16(112(fp))
	call	112(fp),$26
	frame	$6,92(fp)
	movp	16(mp),32(92(fp))
	movw	84(fp),36(92(fp))
#110
	movw	68(fp),40(92(fp))
	movw	100(fp),44(92(fp))
	movw	104(fp),48(92(fp))
	movw	108(fp),52(92(fp))
	lea	96(fp),16(92(fp))
	mcall	92(fp),$0,408(mp)
	frame	$2,100(fp)
	movp	400(mp),32(100(fp))
	lea	104(fp),16(100(fp))
	call	100(fp),$37
#120
	frame	$2,96(fp)
	movp	364(mp),32(96(fp))
	lea	100(fp),16(96(fp))
	call	96(fp),$37
	frame	$2,92(fp)
	movp	388(mp),32(92(fp))
	lea	96(fp),16(92(fp))
	call	92(fp),$37
	frame	$2,84(fp)
	movp	420(mp),32(84(fp))
#130
	lea	92(fp),16(84(fp))
	call	84(fp),$37
	frame	$2,68(fp)
	movp	392(mp),32(68(fp))
	lea	84(fp),16(68(fp))
	call	68(fp),$37
	frame	$6,108(fp)
	movp	16(mp),32(108(fp))
	movw	104(fp),36(108(fp))
	movw	100(fp),40(108(fp))
#140
	movw	96(fp),44(108(fp))
	movw	92(fp),48(108(fp))
	movw	84(fp),52(108(fp))
	lea	112(fp),16(108(fp))
	mcall	108(fp),$0,408(mp)
	frame	$1,104(fp)
	movl	32(mp),32(104(fp))
	lea	88(fp),16(104(fp))
	call	104(fp),$46
	frame	$1,104(fp)
#150
	movl	48(mp),32(104(fp))
	lea	72(fp),16(104(fp))
	call	104(fp),$46
	frame	$1,104(fp)
	movl	56(mp),32(104(fp))
	lea	76(fp),16(104(fp))
	call	104(fp),$46
	frame	$1,104(fp)
	movl	40(mp),32(104(fp))
	lea	80(fp),16(104(fp))
#160
	call	104(fp),$46
	frame	$7,108(fp)
	movp	28(mp),32(108(fp))
	movp	88(fp),36(108(fp))
	movp	392(mp),88(fp)
	movp	72(fp),40(108(fp))
	movp	392(mp),72(fp)
	movp	76(fp),44(108(fp))
	movp	392(mp),76(fp)
	movp	80(fp),48(108(fp))
#170
	movp	392(mp),80(fp)
	lea	112(fp),16(108(fp))
	mcall	108(fp),$0,408(mp)
	movw	$0,40(fp)
	blew	$5,40(fp),$195
	movw	$0,44(fp)
	blew	$5,44(fp),$193
	bnew	$3,44(fp),$179
	jmp	$193
	bnew	$3,40(fp),$181
#180
	jmp	$195
	mulw	44(fp),40(fp),112(fp)
	case	112(fp),260(mp)
	jmp	$191
	frame	$5,108(fp)
	movp	20(mp),32(108(fp))
	movw	40(fp),36(108(fp))
	movw	44(fp),40(108(fp))
	lea	112(fp),16(108(fp))
	mcall	108(fp),$0,408(mp)
#190
	jmp	$191
	addw	$1,44(fp)
	jmp	$176
	addw	$1,40(fp)
	jmp	$174
	frame	$2,108(fp)
	movp	0(mp),32(108(fp))
	lea	112(fp),16(108(fp))
	mcall	108(fp),$0,408(mp)
	movw	$0,44(fp)
#200
	addw	$2,44(fp)
	bnew	$4,44(fp),$204
	movp	392(mp),64(fp)
	jmp	$213
	cvtwc	44(fp),80(fp)
	addc	80(fp),376(mp),64(fp)
	movp	392(mp),80(fp)
	frame	$3,108(fp)
	movp	24(mp),32(108(fp))
	movp	64(fp),36(108(fp))
#210
	lea	112(fp),16(108(fp))
	mcall	108(fp),$0,408(mp)
	movp	392(mp),64(fp)
	bgtw	$10,44(fp),$200
	frame	$2,108(fp)
	movp	0(mp),32(108(fp))
	lea	112(fp),16(108(fp))
	mcall	108(fp),$0,408(mp)
	movw	$0,56(fp)
	movw	56(fp),112(fp)
#220
	addw	$1,56(fp)
	blew	112(fp),$3,$224
	movp	392(mp),52(fp)
	jmp	$239
	movp	392(mp),80(fp)
	consw	56(fp),80(fp)
	movp	80(fp),52(fp)
	movp	392(mp),80(fp)
	headw	52(fp),112(fp)
	bnew	112(fp),$2,$232
#230
	movp	392(mp),52(fp)
	jmp	$219
	frame	$2,108(fp)
	movp	12(mp),32(108(fp))
	headw	52(fp),36(108(fp))
	lea	112(fp),16(108(fp))
	mcall	108(fp),$0,408(mp)
	movp	392(mp),52(fp)
	jmp	$219
	frame	$2,108(fp)
#240
	movp	0(mp),32(108(fp))
	lea	112(fp),16(108(fp))
	mcall	108(fp),$0,408(mp)
	movw	$5,48(fp)
	mulw	$2,48(fp),60(fp)
	frame	$2,108(fp)
	movp	12(mp),32(108(fp))
	movw	60(fp),36(108(fp))
	lea	112(fp),16(108(fp))
	mcall	108(fp),$0,408(mp)
#250
	mulw	$3,48(fp),60(fp)
	frame	$2,108(fp)
	movp	8(mp),32(108(fp))
	movw	60(fp),36(108(fp))
	lea	112(fp),16(108(fp))
	mcall	108(fp),$0,408(mp)
	movw	$2,60(fp)
	case	60(fp),280(mp)
	jmp	$259
	frame	$2,108(fp)
#260
	movp	368(mp),32(108(fp))
	lea	112(fp),16(108(fp))
	mcall	108(fp),$0,408(mp)
	ret	
	entry	55, 8
	desc	$0,424,"ff000001b6c000000000001fffc0"
	desc	$1,40,""
	desc	$2,40,"0080"
	desc	$3,40,"00c0"
	desc	$4,48,""
	desc	$5,48,"0080"
	desc	$6,56,"0080"
	desc	$7,56,"00f8"
	desc	$8,120,"00c4ba"
	var	@mp,424
	string	@mp+0,"\n"
	string	@mp+4,"$Sys"
	string	@mp+8,"%d\n"
	string	@mp+12,"%d "
	string	@mp+16,"%d %d %d %d %d\n"
	string	@mp+20,"%d%d "
	string	@mp+24,"%s "
	string	@mp+28,"%s %s %s %s\n"
	long	@mp+32,0 # 0000000000000000
	long	@mp+40,9 # 0000000000000009
	long	@mp+48,1099511627776 # 0000010000000000
	long	@mp+56,-5 # fffffffffffffffb
	word	@mp+64,4,-1000,-999,27,7,8,29,97,123,33,1000000000,1000000001,31,35
	word	@mp+120,4
	string	@mp+124,"apple"
	word	@mp+132,38
	string	@mp+136,"carrot"
	word	@mp+144,40
	string	@mp+148,"m"
	string	@mp+152,"o"
	word	@mp+156,42
	string	@mp+160,"pear"
	word	@mp+168,38
	word	@mp+172,44
	word	@mp+176,3,-5,-4,51,0,1,47,1099511627776,1099511627777,49,53
	word	@mp+260,1,4,5,183,184
	word	@mp+280,1,2,3,258,259
	word	@mp+300,7,3,5,5,7,7,7,9
	word	@mp+332,6,16,18,24,20,22,24
	word	@mp+360,1000000000
	string	@mp+364,"carrot"
	string	@mp+368,"done\n"
	string	@mp+372,"few"
	string	@mp+376,"k"
	string	@mp+380,"many"
	string	@mp+384,"minus"
	string	@mp+388,"n"
	string	@mp+396,"none"
	string	@mp+400,"pear"
	string	@mp+404,"some"
	string	@mp+412,"tera"
	string	@mp+416,"zero"
	string	@mp+420,"zoo"
	module	Choices
	link	8,55,0x4244b354,"init"
	ldts	@ldt,1
	word	@ldt+0,1
	ext	@ldt+4,0xac849033,"print"
	source	"choices.b"
