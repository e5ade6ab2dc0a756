"""After a lead ended: its resident says whether they were helped, and can thank whoever helped."""
