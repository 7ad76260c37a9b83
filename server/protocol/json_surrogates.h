// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace pumice {

/// Makes every escape of a lone surrogate ("\ud83d" without its other half) an escape of '?', in
/// place: Java, which AWS reads requests with, takes such text and writes a question mark where it
/// leaves as UTF-8. What AWS stores was not measured.
void ReplaceLoneSurrogates(std::string& json);

}  // namespace pumice
