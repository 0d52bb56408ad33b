#include "ptx_signature.h"

#include <regex>

std::vector<PtxEntry> parsePtx(const std::string& text, int* target, std::string* problem) {
  static const std::regex targetForm(R"(\.target\s+sm_(\d+))");
  static const std::regex entryForm(R"(\.entry\s+(\w+)\(([^)]*)\))");
  static const std::regex parameterForm(R"(\.param\s+(?:\.align\s+(\d+)\s+)?\.[bsuf](\d+)\s+(\w+)(?:\[(\d+)\])?)");
  std::smatch found;
  if (text.find(".version") == std::string::npos || !std::regex_search(text, found, targetForm)) {
    *problem = "ptxas fatal: no .version or .target";
    return {};
  }
  *target = std::stoi(found[1]);
  std::vector<PtxEntry> entries;
  for (std::sregex_iterator entry(text.begin(), text.end(), entryForm), end; entry != end; ++entry) {
    PtxEntry& added = entries.emplace_back();
    added.name = (*entry)[1];
    unsigned offset = 0;
    std::string signature = (*entry)[2];
    for (std::sregex_iterator match(signature.begin(), signature.end(), parameterForm); match != end; ++match) {
      unsigned element = static_cast<unsigned>(std::stoul((*match)[2])) / 8;
      unsigned size = (*match)[4].matched ? static_cast<unsigned>(std::stoul((*match)[4])) : element;
      unsigned alignment = (*match)[1].matched ? static_cast<unsigned>(std::stoul((*match)[1])) : element;
      offset = (offset + alignment - 1) / alignment * alignment;
      added.parameters.push_back({(*match)[3], offset, size});
      offset += size;
    }
  }
  if (entries.empty()) *problem = "ptxas fatal: no .entry";
  return entries;
}
