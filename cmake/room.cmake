# One precompiled header for all rooms, built with the options that all of them share.
file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cc "")
add_library(codman_precompiled STATIC ${CMAKE_BINARY_DIR}/precompiled.cc)
target_link_libraries(codman_precompiled PUBLIC fmt::fmt codman_warnings)
# Named without its path, so that the compiler cache serves every clone and build folder alike.
target_include_directories(codman_precompiled PRIVATE ${CMAKE_SOURCE_DIR}/cmake)
target_precompile_headers(codman_precompiled PRIVATE <precompiled.h>)

# room(name USES lower rooms… HIDES third-party targets…): one folder below src/ is one static library.
#
# Its only public include root is build/doors/<name>, which holds a link to that folder alone, so a room can include
# nothing but itself and the rooms it uses. A room that is not yet defined is refused: arrows go down only. PRECOMPILE
# names a heavy header that nearly every file of the room includes.
function(room name)
  cmake_parse_arguments(ROOM "" "" "USES;HIDES;PRECOMPILE" ${ARGN})
  foreach(used IN LISTS ROOM_USES)
    if(NOT TARGET room_${used})
      message(FATAL_ERROR "room ${name} uses ${used}, which is not defined above it: arrows point downwards only. "
                          "Move what ${name} needs from ${used} to a lower room.")
    endif()
  endforeach()
  set(door ${CMAKE_BINARY_DIR}/doors/${name})
  file(MAKE_DIRECTORY ${door})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/src/${name} ${door}/${name} SYMBOLIC)

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cc ${CMAKE_SOURCE_DIR}/src/${name}/*.S)
  set(tests ${sources})
  set(targets_to_fuzz ${sources})
  list(FILTER targets_to_fuzz INCLUDE REGEX "_fuzz\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$|/main\\.cc$|_fuzz\\.cc$")
  add_library(room_${name} STATIC ${sources})
  set_target_properties(room_${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_include_directories(room_${name} PUBLIC ${door})
  list(TRANSFORM ROOM_USES PREPEND room_ OUTPUT_VARIABLE used_targets)
  target_link_libraries(room_${name} PUBLIC ${used_targets} PRIVATE ${ROOM_HIDES} codman_warnings)
  target_link_libraries(room_${name} PUBLIC fmt::fmt)
  if(ROOM_PRECOMPILE)
    target_include_directories(room_${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake)
    target_precompile_headers(room_${name} PRIVATE <precompiled.h> ${ROOM_PRECOMPILE})
  else()
    target_precompile_headers(room_${name} REUSE_FROM codman_precompiled)
  endif()

  if(CODMAN_FUZZ)
    foreach(source IN LISTS targets_to_fuzz)
      cmake_path(GET source STEM stem)
      add_executable(${stem} ${source})
      target_link_libraries(${stem} PRIVATE room_${name} ${ROOM_HIDES} codman_warnings)
      target_link_options(${stem} PRIVATE -fsanitize=fuzzer)
      set_target_properties(${stem} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    endforeach()
  endif()
  if(tests AND CODMAN_TESTS)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE room_${name} ${ROOM_HIDES} GTest::gtest GTest::gmock GTest::gtest_main
                          codman_warnings)
    target_precompile_headers(${name}_test REUSE_FROM codman_precompiled)
    target_compile_definitions(${name}_test PRIVATE CODMAN_SOURCE_DIR=".")
    add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  endif()
endfunction()
