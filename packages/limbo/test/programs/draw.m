# Only what the type of init needs.
Draw: module
{
	PATH:	con "$Draw";

	Context: adt
	{
		dummy:	int;
	};
};
