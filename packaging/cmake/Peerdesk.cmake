# One place for warnings, definitions and the shape of a module.

add_library(peerdesk_options INTERFACE)
target_compile_options(peerdesk_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
# Optimising, g++ 12 takes the empty std::optional in a moved Result for uninitialised (GCC bug 80635).
target_compile_options(peerdesk_options INTERFACE $<$<CONFIG:RelWithDebInfo>:-Wno-maybe-uninitialized>)
target_compile_definitions(peerdesk_options INTERFACE
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING QT_NO_FOREACH
    QT_DISABLE_DEPRECATED_BEFORE=0x060400 QT_MESSAGELOGCONTEXT)
target_include_directories(peerdesk_options INTERFACE ${CMAKE_SOURCE_DIR})

# A unity build includes sources, which that warning takes for headers.
if(CMAKE_UNITY_BUILD)
    target_compile_options(peerdesk_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
endif()

# Fuzzing instruments everything. Clang warns where g++ does not; the warnings are g++'s business.
if(PEERDESK_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
    target_compile_options(peerdesk_options INTERFACE -Wno-error -Wno-unknown-warning-option)
endif()

# peerdesk_unfuzzed(file.cpp...): sources of this folder that parse no foreign bytes but take minutes to instrument.
# In the fuzz targets they are there, unwatched.
function(peerdesk_unfuzzed)
    if(PEERDESK_FUZZ)
        set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "-O0;-fno-sanitize=all"
            SKIP_UNITY_BUILD_INCLUSION ON SKIP_PRECOMPILE_HEADERS ON)
    endif()
endfunction()

# peerdesk_precompiled(core HEADERS ...): headers compiled once for all targets that reuse peerdesk_precompiled_core.
function(peerdesk_precompiled kind)
    cmake_parse_arguments(ARG "" "" "HEADERS;LIBRARIES" ${ARGN})
    set(source ${CMAKE_BINARY_DIR}/precompiled_${kind}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "// nothing of its own\n")
    add_library(peerdesk_precompiled_${kind} STATIC ${source})
    set_target_properties(peerdesk_precompiled_${kind} PROPERTIES AUTOMOC OFF)
    target_link_libraries(peerdesk_precompiled_${kind} PRIVATE peerdesk_options ${ARG_LIBRARIES})
    target_precompile_headers(peerdesk_precompiled_${kind} PRIVATE ${ARG_HEADERS})
endfunction()
set(PEERDESK_STD_HEADERS <algorithm> <chrono> <functional> <map> <memory> <optional> <set> <span> <variant> <vector>)
peerdesk_precompiled(core HEADERS <QtCore> ${PEERDESK_STD_HEADERS} LIBRARIES Qt6::Core)
peerdesk_precompiled(ui HEADERS <QtWidgets> ${PEERDESK_STD_HEADERS} LIBRARIES Qt6::Widgets)

# peerdesk_moc_in_place(TARGET): x.cpp includes moc_x.cpp, a test its .moc; the file that would hold what moc made is
# (almost) empty and needs no precompiled headers.
function(peerdesk_moc_in_place target)
    set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/${target}_autogen/mocs_compilation.cpp
        PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endfunction()

# peerdesk_library(core_routing [UNFUZZED] SOURCES ... PUBLIC ... PRIVATE ...): a static library, one per folder.
# UNFUZZED: the whole of it as peerdesk_unfuzzed() says.
function(peerdesk_library name)
    cmake_parse_arguments(ARG "UNFUZZED" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    add_library(peerdesk_${name} STATIC ${ARG_SOURCES})
    add_library(peerdesk::${name} ALIAS peerdesk_${name})
    target_link_libraries(peerdesk_${name} PUBLIC Qt6::Core ${ARG_PUBLIC} PRIVATE peerdesk_options ${ARG_PRIVATE})
    set(precompiled core)
    if(name MATCHES "^ui_")
        set(precompiled ui)
    endif()
    if(ARG_UNFUZZED AND PEERDESK_FUZZ)
        target_compile_options(peerdesk_${name} PRIVATE -O0 -fno-sanitize=all)
        return()
    endif()
    target_precompile_headers(peerdesk_${name} REUSE_FROM peerdesk_precompiled_${precompiled})
    peerdesk_moc_in_place(peerdesk_${name})
endfunction()

# peerdesk_test(core/base/tst_result SOURCES ... LIBRARIES ...): one Qt Test program, offscreen, two minutes at most.
function(peerdesk_test path)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS" ${ARGN})
    string(REPLACE "/" "_" target ${path})
    if(NOT ARG_SOURCES)
        get_filename_component(file ${path} NAME)
        set(ARG_SOURCES ${file}.cpp)
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    add_executable(${target} ${ARG_SOURCES})
    target_link_libraries(${target} PRIVATE Qt6::Test ${ARG_LIBRARIES} peerdesk_options)
    set(precompiled core)
    if(path MATCHES "^ui/")
        set(precompiled ui)
    endif()
    target_precompile_headers(${target} REUSE_FROM peerdesk_precompiled_${precompiled})
    peerdesk_moc_in_place(${target})
    add_test(NAME ${path} COMMAND ${target})
    set_tests_properties(${path} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QT_LOGGING_RULES=")
endfunction()
