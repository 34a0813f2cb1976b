"""The record told in other people's words: W3C PROV-JSON and RO-Crate. Annexes for machines that read those; nothing rests on them."""
