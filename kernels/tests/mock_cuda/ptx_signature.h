// The signatures of a PTX module's entries: as much of PTX as a launch must agree with.
#pragma once
#include <string>
#include <vector>

struct PtxParameter {
  std::string name;
  unsigned offset, size;
};

struct PtxEntry {
  std::string name;
  std::vector<PtxParameter> parameters;
};

// Reads ".target sm_N" and each ".entry NAME(.param [.align A] .bN NAME[BYTES], ...)"; a problem in words where the text is no such PTX.
std::vector<PtxEntry> parsePtx(const std::string& text, int* target, std::string* problem);
